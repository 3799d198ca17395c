/// Counterfactual Grad-CAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// Grad-CAM of the negated score, `[H,W]`: what speaks against the class (Selvaraju et al. 2017,
/// Grad-CAM, section 3.3).
class Counterfactual final : public LayerMethod {
 public:
  explicit Counterfactual(LayerMethodOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
