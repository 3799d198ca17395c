#include "explain/is_cam.h"

#include <utility>

#include "core/error.h"

namespace cameo::explain {

IsCam::IsCam(IsCamOptions options) : options_(std::move(options)) {
  if (options_.steps < 1) throw ArgumentError("is-cam: at least one step is needed");
}

const MethodInfo& IsCam::info() const {
  static const MethodInfo info = [] {
    MethodInfo result{
        .name = "is-cam",
        .summary = "Score-CAM, integrated over masks of growing strength",
        .paper = "Naidu et al. 2020, IS-CAM: Integrated Score-CAM",
        .kind = MapKind::kLayer,
        .options = channel_mask_options(),
    };
    result.options.push_back({"steps", "10", "strengths per channel"});
    return result;
  }();
  return info;
}

void IsCam::prepare(const Network& network, const Shape& picture, ValueId of,
                    Request& request) const {
  prepare_channel_masks(network, picture, of, options_.masks, request);
}

Explanation IsCam::explain(const Tape& tape, const Target& target) const {
  const auto weaken = [&](std::int64_t /*channel*/, std::int64_t step, std::span<float> mask) {
    const auto strength =
        static_cast<float>(static_cast<double>(step + 1) / static_cast<double>(options_.steps));
    for (float& value : mask) value *= strength;
  };
  return channel_mask_map(info(), tape, target, options_.masks, options_.steps, weaken);
}

}  // namespace cameo::explain
