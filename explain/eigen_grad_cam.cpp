#include "explain/eigen_grad_cam.h"

#include "core/elementwise.h"

namespace cameo::explain {

const MethodInfo& EigenGradCam::info() const {
  static const MethodInfo info{
      .name = "eigengradcam",
      .summary = "the first principal component of a layer's activations times their gradients",
      .paper = "Gildenblat et al. 2021, pytorch-grad-cam: EigenGradCAM",
      .kind = MapKind::kLayer,
      .options = layer_options(),
  };
  return info;
}

Tensor EigenGradCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return zip(activations, gradient, [](float a, float g) { return a * g; });
}

}  // namespace cameo::explain
