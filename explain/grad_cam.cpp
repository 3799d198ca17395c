#include "explain/grad_cam.h"

#include <array>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/layers.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& GradCam::info() const {
  static const MethodInfo info{
      .name = "gradcam",
      .summary = "a layer's channels, weighted by the mean gradient of the score",
      .paper = "Selvaraju et al. 2017, Grad-CAM, equations 1 and 2",
      .kind = MapKind::kLayer,
      .options = {{"layer", "auto", "the layer to look at"}},
  };
  return info;
}

void GradCam::prepare(const Network& network, const Shape& picture, ValueId of,
                      Request& request) const {
  const ValueId layer = resolve_layer(network, network.infer_shapes(picture), of, options_.layer);
  request.keep.push_back(layer);
  request.wrt.push_back(layer);
}

Explanation GradCam::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const ValueId layer =
      resolve_layer(network, network.infer_shapes(picture_shape(tape)), target.of, options_.layer);
  const std::array<ValueId, 1> wrt{layer};
  const Gradients gradients = tape.backward(target.of, seed_for(tape, target), {}, wrt);
  const Tensor& gradient = gradients.at(layer);
  Explanation result{.method = info().name,
                     .kind = MapKind::kLayer,
                     .map = {},
                     .signed_map = channel_weighted_sum(spatial_mean(gradient), tape.value(layer)),
                     .layer = layer,
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  result.map = relu(result.signed_map);
  warn_about_gradient(result, gradient);
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
