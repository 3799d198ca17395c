/// HiResCAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// ReLU(sum over k of g·A_k), place by place, `[H,W]` (Draelos & Carin 2020, Use HiResCAM instead
/// of Grad-CAM, equation 4). Where everything after the layer is linear its signed map adds up to
/// the score less the biases.
class HiResCam final : public LayerMethod {
 public:
  explicit HiResCam(LayerMethodOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
