#include "explain/channel_masks.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/layers.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// To 0…1; constant values to 0.
void scale(std::span<float> values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = *least;
  const double range = static_cast<double>(*most) - low;
  for (float& value : values) {
    value = range > 0.0 ? static_cast<float>((value - low) / range) : 0.0F;
  }
}

/// The mean of each channel's samples.
std::vector<double> means(std::span<const double> values, std::int64_t channels,
                          std::int64_t samples) {
  std::vector<double> result;
  for (std::int64_t k = 0; k < channels; ++k) {
    const auto first = values.begin() + k * samples;
    result.push_back(std::accumulate(first, first + samples, 0.0) / static_cast<double>(samples));
  }
  return result;
}

/// The last picture to be scored is the empty one.
std::vector<double> score_masked(const Tape& tape, const Target& target, const Tensor& features,
                                 const ChannelMaskOptions& options, std::int64_t samples,
                                 const MaskChange& change) {
  const Tensor& picture = tape.value(tape.network().input());
  const std::int64_t masked = features.dim(1) * samples;
  const auto write = [&](std::int64_t index, std::span<float> out) {
    if (index == masked) return std::fill(out.begin(), out.end(), 0.0F);
    Tensor mask = channel_mask(features, index / samples, picture.dim(2), picture.dim(3), options);
    const std::span<float> factors = mask.mutable_data();
    if (change) change(index / samples, index % samples, factors);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = picture.data()[i] * factors[i % factors.size()];
    }
  };
  ScoringOptions scoring = options.scoring;
  scoring.output = options.weight == MaskWeight::kSoftmax ? Output::kLogit : Output::kProbability;
  return score_pictures(scores_of(tape.network(), target.of), picture.shape(), masked + 1, write,
                        target, scoring);
}

}  // namespace

Tensor channel_mask(const Tensor& features, std::int64_t channel, std::int64_t height,
                    std::int64_t width, const ChannelMaskOptions& options) {
  Tensor map({features.dim(2), features.dim(3)}, channel_values(features, channel));
  if (options.scale_first) scale(map.mutable_data());
  Tensor mask = resize_map(map, height, width, options.upsampling);
  if (!options.scale_first) scale(mask.mutable_data());
  return mask;
}

Explanation channel_mask_map(const MethodInfo& method, const Tape& tape, const Target& target,
                             const ChannelMaskOptions& options, std::int64_t samples,
                             const MaskChange& change) {
  const ValueId layer = resolve_layer(tape, target.of, options.layer);
  const Tensor& features = tape.value(layer);
  const std::int64_t channels = features.dim(1);
  const std::vector<double> values = score_masked(tape, target, features, options, samples, change);
  std::vector<double> weights = means(values, channels, samples);
  if (options.weight == MaskWeight::kSoftmax) {
    weights = softmax(std::move(weights));
  } else if (options.weight == MaskWeight::kProbability) {
    for (double& weight : weights) weight -= values.back();
  }
  const std::vector<float> rounded(weights.begin(), weights.end());
  Explanation result;
  result.method = method.name;
  result.layer = layer;
  result.target = target;
  result.logit = score_of(tape, target);
  result.signed_map =
      channel_weighted_sum(Tensor({channels}, std::span<const float>(rounded)), features);
  result.map = relu(result.signed_map);
  warn_about_map(result);
  return result;
}

void prepare_channel_masks(const Network& network, const Shape& picture, ValueId of,
                           const ChannelMaskOptions& options, Request& request) {
  request.keep.push_back(resolve_layer(network, picture, of, options.layer));
}

std::vector<OptionInfo> channel_mask_options() {
  return {{"layer", "auto", "the layer whose channels are the masks"},
          {"weights", "probability",
           "probability (of the class, less that of the empty picture), bare-probability or "
           "softmax (over the channels, of the logits)"},
          {"upsampling", "half-pixel", "half-pixel, align-corners or nearest"},
          {"scale", "after", "scale masks to 0…1 before or after they are enlarged"},
          {"batch", "16", "pictures scored at once"}};
}

}  // namespace cameo::explain
