#include "explain/xgrad_cam.h"

#include <cmath>

#include "explain/channels.h"

namespace cameo::explain {

const MethodInfo& XGradCam::info() const {
  static const MethodInfo info{
      .name = "xgradcam",
      .summary = "a layer's channels, weighted by their activation-weighted mean gradient",
      .paper = "Fu, Hu, Dong, Guo, Gao & Li 2020, Axiom-based Grad-CAM, equation 8",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor XGradCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  constexpr double kNegligible = 1e-7;
  const Tensor weights =
      weigh_channels(activations, gradient, [](std::span<const float> a, std::span<const float> g) {
        double product = 0.0;
        double sum = 0.0;
        double size = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) {
          product += static_cast<double>(a[i]) * g[i];
          sum += a[i];
          size += std::abs(a[i]);
        }
        return std::abs(sum) <= kNegligible * size ? 0.0 : product / sum;
      });
  return weighted_channels(weights, activations);
}

}  // namespace cameo::explain
