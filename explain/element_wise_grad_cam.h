/// Element-wise Grad-CAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// Sum over k of ReLU(g·A_k), place by place, `[H,W]` (as pytorch-grad-cam defines it): HiResCAM
/// with the ReLU inside the sum, so that no channel takes away what another gives.
class ElementWiseGradCam final : public LayerMethod {
 public:
  explicit ElementWiseGradCam(LayerMethodOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
