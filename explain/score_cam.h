/// Score-CAM.
#pragma once

#include <utility>

#include "explain/channel_masks.h"

namespace cameo::explain {

/// ReLU(sum over k of w_k·A_k), `[H,W]`, where w_k says what the network makes of the picture under
/// channel A_k as a mask (Wang et al. 2020, Score-CAM, definition 3 and equation 6). No gradient.
class ScoreCam final : public Explainer {
 public:
  explicit ScoreCam(ChannelMaskOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  ChannelMaskOptions options_;
};

}  // namespace cameo::explain
