/// How much two maps agree on what matters more.
#pragma once

#include <span>

namespace cameo::explain {

/// Spearman's rank correlation, -1 … 1; equal values share the mean of their ranks. 0 where one
/// side has a single value throughout. Throws ShapeError unless both have the same number of
/// values.
double rank_correlation(std::span<const float> a, std::span<const float> b);

}  // namespace cameo::explain
