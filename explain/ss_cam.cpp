#include "explain/ss_cam.h"

#include <utility>

#include "core/error.h"
#include "core/random.h"

namespace cameo::explain {

SsCam::SsCam(SsCamOptions options) : options_(std::move(options)) {
  if (options_.samples < 1 || !(options_.noise >= 0.0)) {
    throw ArgumentError("ss-cam: at least one sample and a noise from 0 are needed");
  }
}

const MethodInfo& SsCam::info() const {
  static const MethodInfo info = [] {
    MethodInfo result{
        .name = "ss-cam",
        .summary = "Score-CAM, smoothed over noisy masks",
        .paper = "Wang et al. 2020, SS-CAM: Smoothed Score-CAM",
        .kind = MapKind::kLayer,
        .options = channel_mask_options(),
    };
    result.options.push_back({"samples", "10", "masks per channel"});
    result.options.push_back({"noise", "2", "standard deviation over the mask's range"});
    result.options.push_back({"seed", "0", "of the noise"});
    return result;
  }();
  return info;
}

void SsCam::prepare(const Network& network, const Shape& picture, ValueId of,
                    Request& request) const {
  prepare_channel_masks(network, picture, of, options_.masks, request);
}

Explanation SsCam::explain(const Tape& tape, const Target& target) const {
  const auto add_noise = [&](std::int64_t channel, std::int64_t sample, std::span<float> mask) {
    Random random(
        {options_.seed, static_cast<std::uint64_t>(channel), static_cast<std::uint64_t>(sample)});
    const auto deviation = static_cast<float>(options_.noise);
    for (float& value : mask) value += deviation * random.normal();
  };
  return channel_mask_map(info(), tape, target, options_.masks, options_.samples, add_noise);
}

}  // namespace cameo::explain
