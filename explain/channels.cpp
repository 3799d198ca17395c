#include "explain/channels.h"

#include <algorithm>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

void check_features(const Tensor& features) {
  if (features.rank() != 4 || features.dim(0) != 1 || features.size() == 0) {
    throw ShapeError("a map needs features [1,C,H,W], got " + to_string(features.shape()));
  }
}

void check_weights(const Tensor& weights, const Tensor& features) {
  if (weights.size() == features.dim(1)) return;
  throw ShapeError("a map of " + std::to_string(features.dim(1)) +
                   " channels needs as many weights, got " + std::to_string(weights.size()));
}

}  // namespace

std::span<const float> channel_values(const Tensor& features, std::int64_t channel) {
  const std::int64_t area = features.dim(2) * features.dim(3);
  return features.data().subspan(static_cast<std::size_t>(channel * area),
                                 static_cast<std::size_t>(area));
}

Tensor spatial_mean(const Tensor& features) {
  check_features(features);
  const std::int64_t channels = features.dim(1);
  const std::int64_t area = features.dim(2) * features.dim(3);
  Tensor means = Tensor::uninitialized({channels});
  const float* in = features.data().data();
  float* out = means.mutable_data().data();
  parallel_for(channels, std::max<std::int64_t>(1, 16384 / area),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t c = begin; c < end; ++c) {
                   double total = 0.0;
                   for (std::int64_t i = 0; i < area; ++i) total += in[c * area + i];
                   out[c] = static_cast<float>(total / static_cast<double>(area));
                 }
               });
  return means;
}

Tensor channel_weighted_sum(const Tensor& weights, const Tensor& features) {
  check_features(features);
  check_weights(weights, features);
  const std::int64_t channels = features.dim(1);
  const std::int64_t area = features.dim(2) * features.dim(3);
  Tensor result = Tensor::uninitialized({features.dim(2), features.dim(3)});
  const float* weight = weights.data().data();
  const float* in = features.data().data();
  float* out = result.mutable_data().data();
  parallel_for(area, std::max<std::int64_t>(1, 16384 / channels),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   double total = 0.0;
                   for (std::int64_t c = 0; c < channels; ++c) {
                     total += static_cast<double>(weight[c]) * in[c * area + i];
                   }
                   out[i] = static_cast<float>(total);
                 }
               });
  return result;
}

Tensor weighted_channels(const Tensor& weights, const Tensor& features) {
  check_features(features);
  check_weights(weights, features);
  const std::int64_t area = features.dim(2) * features.dim(3);
  Tensor result = features;
  const std::span<const float> weight = weights.data();
  const std::span<float> values = result.mutable_data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] *= weight[i / static_cast<std::size_t>(area)];
  }
  return result;
}

Tensor channel_sum(const Tensor& features) {
  check_features(features);
  return channel_weighted_sum(Tensor({features.dim(1)}, 1.0F), features);
}

Tensor weigh_channels(const Tensor& activations, const Tensor& gradient,
                      const ChannelWeight& weight) {
  check_features(activations);
  check_same_shape("channel weights", activations, gradient);
  Tensor weights = Tensor::uninitialized({activations.dim(1)});
  float* out = weights.mutable_data().data();
  parallel_for(activations.dim(1),
               std::max<std::int64_t>(1, 16384 / (activations.dim(2) * activations.dim(3))),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t k = begin; k < end; ++k) {
                   out[k] = static_cast<float>(
                       weight(channel_values(activations, k), channel_values(gradient, k)));
                 }
               });
  return weights;
}

}  // namespace cameo::explain
