#include "explain/eigen_cam.h"

#include "core/elementwise.h"
#include "explain/layer_method.h"
#include "explain/layers.h"
#include "explain/principal_component.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& EigenCam::info() const {
  static const MethodInfo info{
      .name = "eigencam",
      .summary = "the first principal component of a layer's activations; the same for all classes",
      .paper = "Muhammad & Yeasin 2020, Eigen-CAM",
      .kind = MapKind::kLayer,
      .options = layer_options(),
  };
  return info;
}

void EigenCam::prepare(const Network& network, const Shape& picture, ValueId of,
                       Request& request) const {
  request.keep.push_back(resolve_layer(network, picture, of, options_.layer));
}

Explanation EigenCam::explain(const Tape& tape, const Target& target) const {
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  Explanation result{.method = info().name,
                     .kind = MapKind::kLayer,
                     .map = {},
                     .signed_map = principal_projection(tape.value(layer)),
                     .layer = layer,
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  result.map = relu(result.signed_map);
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
