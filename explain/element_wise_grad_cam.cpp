#include "explain/element_wise_grad_cam.h"

#include "core/elementwise.h"

namespace cameo::explain {

const MethodInfo& ElementWiseGradCam::info() const {
  static const MethodInfo info{
      .name = "gradcam-elementwise",
      .summary = "a layer's activations times their gradients, where that is positive",
      .paper = "Gildenblat et al. 2021, pytorch-grad-cam: GradCAMElementWise",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor ElementWiseGradCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return relu(zip(activations, gradient, [](float a, float g) { return a * g; }));
}

}  // namespace cameo::explain
