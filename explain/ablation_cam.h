/// Ablation-CAM.
#pragma once

#include <string>

#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

/// What an ablated channel is set to.
enum class ChannelFill {
  kZero,  ///< as in the paper; what a layer after a ReLU has where nothing is found
  kMean,  ///< the channel's mean over the picture
};

struct AblationCamOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
  ChannelFill fill = ChannelFill::kZero;
  /// Divide by y itself, as the paper does, which turns every weight round where it is negative.
  bool divide_by_score = false;
  ScoringOptions scoring{};
};

/// ReLU(sum over k of w_k·A_k), `[H,W]`, with w_k = (y - y_k)/|y| where y_k is the score without
/// channel k (Desai & Ramaswamy 2020, Ablation-CAM, equations 3 and 4; they divide by y). Only the
/// layers after the target run again, and not at all for a channel that already is what it would be
/// set to.
class AblationCam final : public Explainer {
 public:
  explicit AblationCam(AblationCamOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  AblationCamOptions options_;
};

}  // namespace cameo::explain
