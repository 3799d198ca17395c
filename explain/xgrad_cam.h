/// XGrad-CAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// ReLU(sum over k of w_k·A_k) with w_k = sum of g·A_k over sum of A_k, `[H,W]`: Grad-CAM's mean,
/// weighted by the activations (Fu et al. 2020, Axiom-based Grad-CAM, equation 8). w_k is 0 where
/// the sum of A_k vanishes beside the sum of |A_k|, as it may before a ReLU.
class XGradCam final : public LayerMethod {
 public:
  explicit XGradCam(LayerMethodOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
