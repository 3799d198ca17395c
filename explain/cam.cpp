#include "explain/cam.h"

#include "explain/channels.h"
#include "explain/gap_head.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& Cam::info() const {
  static const MethodInfo info{
      .name = "cam",
      .summary = "the averaged feature maps, weighted by the class's linear layer",
      .paper =
          "Zhou et al. 2016, Learning Deep Features for Discriminative Localization, equation 2",
      .kind = MapKind::kLayer,
  };
  return info;
}

void Cam::prepare(const Network& network, const Shape& picture, ValueId of,
                  Request& request) const {
  request.keep.push_back(find_gap_head(network, network.infer_shapes(picture), of).features);
}

Explanation Cam::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const std::vector<Shape> shapes = network.infer_shapes(picture_shape(tape));
  const GapHead head = find_gap_head(network, shapes, target.of);
  const float logit = score_of(tape, target);
  Explanation result{.method = info().name,
                     .kind = MapKind::kLayer,
                     .map = channel_weighted_sum(channel_weights(network, shapes, head, target),
                                                 tape.value(head.features)),
                     .signed_map = {},
                     .layer = head.features,
                     .target = target,
                     .logit = logit,
                     .warnings = {}};
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
