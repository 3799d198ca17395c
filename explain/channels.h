/// Arithmetic over the channels of a feature map.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/tensor.h"

namespace cameo::explain {

/// The H·W values of one channel of `[1,C,H,W]`, as long as the features live.
std::span<const float> channel_values(const Tensor& features, std::int64_t channel);

/// The mean of each channel: `[1,C,H,W]` to `[C]`.
Tensor spatial_mean(const Tensor& features);

/// Sum over k of weights[k]·A_k: weights `[C]` and features `[1,C,H,W]` to `[H,W]`. Throws
/// ShapeError when they do not fit.
Tensor channel_weighted_sum(const Tensor& weights, const Tensor& features);

/// weights[k]·A_k, shaped like the features: weights `[C]` and features `[1,C,H,W]`. Throws
/// ShapeError when they do not fit.
Tensor weighted_channels(const Tensor& weights, const Tensor& features);

/// Sum over k of A_k: `[1,C,H,W]` to `[H,W]`.
Tensor channel_sum(const Tensor& features);

/// One channel's weight from the H·W values of its activations and of its gradient.
using ChannelWeight =
    std::function<double(std::span<const float> activations, std::span<const float> gradient)>;

/// `[C]`, each `weight(A_k, g_k)`; called from several threads. Throws ShapeError unless both are
/// of one shape `[1,C,H,W]`.
Tensor weigh_channels(const Tensor& activations, const Tensor& gradient,
                      const ChannelWeight& weight);

}  // namespace cameo::explain
