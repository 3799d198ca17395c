/// Visiting a tensor line by line along one axis, for the softmax family.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

/// Elements `first`, first + step, ... (`count` of them) lie along the axis.
struct Line {
  std::int64_t first, step, count;
  std::int64_t at(std::int64_t i) const { return first + i * step; }
};

/// The one input's shape; the axis must exist and hold something.
inline Shape check_lines(std::string_view op, std::span<const Shape> inputs, std::int64_t axis) {
  check_input_count(op, inputs, 1, 1);
  const Shape& shape = inputs[0];
  if (shape[checked_axis(op, axis, shape.size())] < 1) {
    throw_shape_error(op, "an axis " + std::to_string(axis) + " of 1 or more", to_string(shape));
  }
  return checked_output(op, shape);
}

/// Calls `visit(Line)` for every line along `axis`, in parallel.
template <typename F>
void for_each_line(const Shape& shape, std::size_t axis, F visit) {
  std::int64_t step = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) step *= shape[i];
  const std::int64_t count = shape[axis];
  const std::int64_t grain = std::max<std::int64_t>(1, kElementwiseGrain / 16 / count);
  parallel_for(element_count(shape) / count, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      visit(Line{.first = i / step * step * count + i % step, .step = step, .count = count});
    }
  });
}

/// log sum exp of the values along a line, without overflow.
inline double log_sum_exp(const float* x, const Line& line) {
  float most = x[line.first];
  for (std::int64_t i = 1; i < line.count; ++i) most = std::max(most, x[line.at(i)]);
  double total = 0.0;
  for (std::int64_t i = 0; i < line.count; ++i) {
    total += static_cast<double>(std::exp(x[line.at(i)] - most));
  }
  return static_cast<double>(most) + std::log(total);
}

}  // namespace cameo::ops
