/// More ops in double, as double_reference.h has them: those that contract, reduce, resample or
/// rearrange axes.
#pragma once

#include <string>

#include "tests/core/ops/double_reference.h"

namespace cameo::test {

/// Two inputs `[...,m,k]` and `[...,k,n]` of one rank, extents of 1 in front repeating.
DoubleFunction matmul();
/// `what` is "Sum", "Mean", "Max" or "Min"; `axes` count from the front.
DoubleFunction reduce(const std::string& what, std::vector<std::size_t> axes, bool keepdims);
DoubleFunction depth_to_space(std::int64_t block, bool channel_first);
DoubleFunction space_to_depth(std::int64_t block);
/// Linear interpolation at `positions[axis]` by input element.
DoubleFunction interpolate(std::vector<std::vector<double>> positions);
DoubleFunction instance_normalization(double epsilon);

}  // namespace cameo::test
