#include "explain/guided_grad_cam.h"

#include "explain/pixel_gradient.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// pixels `[C,H,W]` times map `[H,W]` in every channel.
Tensor times_map(const Tensor& pixels, const Tensor& map) {
  Tensor result = pixels;
  const auto values = result.mutable_data();
  const auto factors = map.data();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i % factors.size()];
  return result;
}

}  // namespace

const MethodInfo& GuidedGradCam::info() const {
  static const MethodInfo info{
      .name = "guided-gradcam",
      .summary = "guided backpropagation where Grad-CAM sees evidence",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 3.2",
      .kind = MapKind::kPixel,
      .options = {{"layer", "auto", "the layer Grad-CAM looks at"},
                  {"upsampling", "half-pixel", "half-pixel, align-corners or nearest"}},
  };
  return info;
}

void GuidedGradCam::prepare(const Network& network, const Shape& picture, ValueId of,
                            Request& request) const {
  grad_cam_.prepare(network, picture, of, request);
  prepare_pixel_gradient(network, request);
}

Explanation GuidedGradCam::explain(const Tape& tape, const Target& target) const {
  const Explanation coarse = grad_cam_.explain(tape, target);
  Explanation result = pixel_gradient(tape, target, info(), guided());
  const Tensor fine = result.map;
  const std::int64_t height = fine.dim(1);
  const std::int64_t width = fine.dim(2);
  result.layer = coarse.layer;
  result.map = times_map(fine, resize_map(coarse.map, height, width, options_.upsampling));
  result.signed_map =
      times_map(fine, resize_map(coarse.signed_map, height, width, options_.upsampling));
  warn_about_map(result);
  add_new_warnings(result.warnings, coarse.warnings);
  return result;
}

}  // namespace cameo::explain
