/// Arithmetic over the channels of a feature map.
#pragma once

#include "core/tensor.h"

namespace cameo::explain {

/// The mean of each channel: `[1,C,H,W]` to `[C]`.
Tensor spatial_mean(const Tensor& features);

/// Sum over k of weights[k]·A_k: weights `[C]` and features `[1,C,H,W]` to `[H,W]`. Throws
/// ShapeError when they do not fit.
Tensor channel_weighted_sum(const Tensor& weights, const Tensor& features);

}  // namespace cameo::explain
