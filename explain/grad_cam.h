/// Grad-CAM.
#pragma once

#include <string>
#include <utility>

#include "explain/explainer.h"

namespace cameo::explain {

struct GradCamOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
};

/// ReLU(sum over k of w_k·A_k) with w_k the spatial mean of the score's gradient at the layer's
/// channel A_k, `[H,W]` (Selvaraju et al. 2017, Grad-CAM, equations 1 and 2). The backward pass
/// stops at the layer.
class GradCam final : public Explainer {
 public:
  explicit GradCam(GradCamOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  GradCamOptions options_;
};

}  // namespace cameo::explain
