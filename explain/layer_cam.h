/// LayerCAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// ReLU(sum over k of ReLU(g)·A_k), place by place, `[H,W]` (Jiang et al. 2021, LayerCAM,
/// equation 4): sharp at early layers too, where one weight a channel is not.
class LayerCam final : public LayerMethod {
 public:
  explicit LayerCam(LayerMethodOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
