#include "explain/layer_cam.h"

#include "core/elementwise.h"

namespace cameo::explain {

const MethodInfo& LayerCam::info() const {
  static const MethodInfo info{
      .name = "layercam",
      .summary = "a layer's activations, each times its own positive gradient",
      .paper = "Jiang, Zhang, Hou, Cheng & Wei 2021, LayerCAM, equation 4",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor LayerCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return zip(activations, gradient, [](float a, float g) {
    return g > 0.0F ? g * a : g != g ? g : 0.0F;
  });
}

}  // namespace cameo::explain
