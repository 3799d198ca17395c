#include "explain/ablation_cam.h"

#include <algorithm>
#include <cmath>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/layers.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// The value each channel is set to.
Tensor fill_values(const Tensor& features, ChannelFill fill) {
  return fill == ChannelFill::kMean ? spatial_mean(features) : Tensor({features.dim(1)});
}

/// The channels that are not constant at their fill: the others change nothing.
std::vector<std::int64_t> changing_channels(const Tensor& features, const Tensor& fill) {
  std::vector<std::int64_t> channels;
  for (std::int64_t k = 0; k < features.dim(1); ++k) {
    const auto plane = channel_values(features, k);
    const float value = fill.data()[static_cast<std::size_t>(k)];
    if (std::any_of(plane.begin(), plane.end(), [&](float v) { return v != value; })) {
      channels.push_back(k);
    }
  }
  return channels;
}

/// w_k for every channel, `[C]`.
Tensor ablation_weights(const Tape& tape, ValueId layer, const Target& target,
                        const AblationCamOptions& options) {
  const Tensor& features = tape.value(layer);
  const Tensor fill = fill_values(features, options.fill);
  const std::vector<std::int64_t> channels = changing_channels(features, fill);
  const auto area = features.dim(2) * features.dim(3);
  const auto write = [&](std::int64_t index, std::span<float> out) {
    const std::int64_t k = channels[static_cast<std::size_t>(index)];
    std::copy(features.data().begin(), features.data().end(), out.begin());
    std::fill_n(out.begin() + k * area, area, fill.data()[static_cast<std::size_t>(k)]);
  };
  const std::vector<double> scores =
      score_pictures(scores_from_layer(tape, layer, target.of), features.shape(),
                     std::ssize(channels), write, target, options.scoring);
  const double whole = score_of(tape, target);
  const double divisor = options.divide_by_score ? whole : std::abs(whole);
  const double scale = divisor != 0.0 ? divisor : 1.0;
  Tensor weights({features.dim(1)});
  for (std::size_t i = 0; i < channels.size(); ++i) {
    weights.mutable_data()[static_cast<std::size_t>(channels[i])] =
        static_cast<float>((whole - scores[i]) / scale);
  }
  return weights;
}

}  // namespace

const MethodInfo& AblationCam::info() const {
  static const MethodInfo info{
      .name = "ablationcam",
      .summary = "a layer's channels, weighted by what the score loses without them",
      .paper = "Desai & Ramaswamy 2020, Ablation-CAM, equations 3 and 4",
      .kind = MapKind::kLayer,
      .options = {{"layer", "auto", "the layer whose channels are taken away"},
                  {"fill", "zero", "what a channel is set to: zero or mean"},
                  {"divisor", "size", "weights are shares of the score's size, or of the score"},
                  {"batch", "16", "channels scored at once"}},
  };
  return info;
}

void AblationCam::prepare(const Network& network, const Shape& picture, ValueId of,
                          Request& request) const {
  const ValueId layer = resolve_layer(network, picture, of, options_.layer);
  keep_for_scores(network, layer, of, request);
}

Explanation AblationCam::explain(const Tape& tape, const Target& target) const {
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  Explanation result;
  result.method = info().name;
  result.layer = layer;
  result.target = target;
  result.logit = score_of(tape, target);
  result.signed_map =
      channel_weighted_sum(ablation_weights(tape, layer, target, options_), tape.value(layer));
  result.map = relu(result.signed_map);
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
