#include "explain/grad_cam.h"

#include "explain/channels.h"

namespace cameo::explain {

const MethodInfo& GradCam::info() const {
  static const MethodInfo info{
      .name = "gradcam",
      .summary = "a layer's channels, weighted by the mean gradient of the score",
      .paper = "Selvaraju et al. 2017, Grad-CAM, equations 1 and 2",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

Tensor GradCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return weighted_channels(spatial_mean(gradient), activations);
}

}  // namespace cameo::explain
