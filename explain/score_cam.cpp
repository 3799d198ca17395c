#include "explain/score_cam.h"

namespace cameo::explain {

const MethodInfo& ScoreCam::info() const {
  static const MethodInfo info{
      .name = "scorecam",
      .summary = "a layer's channels, weighted by the score of the picture under them",
      .paper = "Wang et al. 2020, Score-CAM, definition 3 and equation 6",
      .kind = MapKind::kLayer,
      .options = channel_mask_options(),
  };
  return info;
}

void ScoreCam::prepare(const Network& network, const Shape& picture, ValueId of,
                       Request& request) const {
  prepare_channel_masks(network, picture, of, options_, request);
}

Explanation ScoreCam::explain(const Tape& tape, const Target& target) const {
  return channel_mask_map(info(), tape, target, options_, 1, {});
}

}  // namespace cameo::explain
