#include "explain/counterfactual.h"

#include "core/elementwise.h"
#include "explain/channels.h"

namespace cameo::explain {

const MethodInfo& Counterfactual::info() const {
  static const MethodInfo info{
      .name = "counterfactual",
      .summary = "what speaks against the class: Grad-CAM of the negated score",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 3.3",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor Counterfactual::contributions(const Tensor& activations, const Tensor& gradient) const {
  const Tensor weights = map(spatial_mean(gradient), [](float mean) { return -mean; });
  return weighted_channels(weights, activations);
}

}  // namespace cameo::explain
