/// Order and correlation of values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

/// Positions of the values from the greatest to the least; of equal ones the first comes first, and
/// NaN counts as less than everything.
std::vector<std::int64_t> descending_order(std::span<const float> values);

/// Ranks from 1 upwards; equal values share the mean of their ranks, and NaN counts as less than
/// everything.
std::vector<double> average_ranks(std::span<const double> values);

/// Pearson's correlation; 0 where one of the two does not vary. Throws ShapeError for different or
/// no lengths.
double pearson(std::span<const double> a, std::span<const double> b);

/// Spearman's: Pearson's of the average ranks.
double spearman(std::span<const double> a, std::span<const double> b);

/// The value below which `percent` of the values lie, linear between neighbours (NumPy's default).
/// Throws ArgumentError for no values or a percentage outside 0 … 100.
double percentile(std::vector<double> values, double percent);

/// All values of a tensor.
std::vector<double> to_doubles(const Tensor& tensor);

}  // namespace cameo::explain
