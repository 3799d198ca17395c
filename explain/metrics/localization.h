/// Does a map lie on the object?
#pragma once

#include <cstdint>
#include <optional>

#include "core/tensor.h"
#include "explain/boxes.h"
#include "explain/metrics/metric.h"

namespace cameo::explain {

/// The truth as a mask: its own where there is one, otherwise that of its boxes; empty for neither.
Tensor truth_mask(const Truth& truth, std::int64_t height, std::int64_t width);

/// Is the map's maximum (the first in reading order) less than `tolerance` pixels from a pixel of
/// the mask (Zhang et al. 2018, Top-down Neural Attention by Excitation Backprop, section 4.1)? A
/// tolerance up to 1 means within it. A map with nothing to point at misses. Throws ShapeError
/// unless both are `[H,W]`.
bool points_near(const Tensor& map, const Tensor& mask, double tolerance = 15.0);

/// Of as many highest pixels as the mask has, the share that lies in it (relevance rank accuracy,
/// Arras et al. 2022); of equal pixels the first in reading order count. Throws
/// ShapeError, ArgumentError for an empty mask.
double rank_accuracy(const Tensor& map, const Tensor& mask);

/// The chance that a pixel in the mask is higher than one outside, equal ones counting half: the
/// area under the ROC curve. Empty when the mask or its outside has no pixel. Throws ShapeError.
std::optional<double> roc_auc(const Tensor& map, const Tensor& mask);

}  // namespace cameo::explain
