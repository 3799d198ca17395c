#include "explain/hires_cam.h"

#include "core/elementwise.h"

namespace cameo::explain {

const MethodInfo& HiResCam::info() const {
  static const MethodInfo info{
      .name = "hirescam",
      .summary = "a layer's activations, each times its own gradient",
      .paper = "Draelos & Carin 2020, Use HiResCAM instead of Grad-CAM, equation 4",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor HiResCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return zip(activations, gradient, [](float a, float g) { return a * g; });
}

}  // namespace cameo::explain
