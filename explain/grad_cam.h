/// Grad-CAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

using GradCamOptions = LayerMethodOptions;

/// ReLU(sum over k of w_k·A_k) with w_k the spatial mean of the score's gradient at the layer's
/// channel A_k, `[H,W]` (Selvaraju et al. 2017, Grad-CAM, equations 1 and 2).
class GradCam final : public LayerMethod {
 public:
  explicit GradCam(GradCamOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
