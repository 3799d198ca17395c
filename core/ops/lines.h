/// Visiting a tensor line by line along one axis, for the softmax family.
#pragma once

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

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

/// f(x, log sum exp of x's line) for every element, in double.
template <typename F>
Tensor map_with_log_sum(const Tensor& x, std::size_t axis, F f) {
  Tensor y = Tensor::uninitialized(x.shape());
  const float* in = x.data().data();
  float* out = y.mutable_data().data();
  for_each_line(x.shape(), axis, [&](const Line& line) {
    const double log_sum = log_sum_exp(in, line);
    for (std::int64_t i = 0; i < line.count; ++i) {
      const std::int64_t at = line.at(i);
      out[at] = static_cast<float>(f(static_cast<double>(in[at]), log_sum));
    }
  });
  return y;
}

/// f(y, g, total) for every element, where total is the sum of term(y, g) over its line, in double.
template <typename Term, typename F>
Tensor zip_with_line_sum(const Tensor& y, const Tensor& g, std::size_t axis, Term term, F f) {
  Tensor result = Tensor::uninitialized(y.shape());
  const auto values = [a = y.data().data(), b = g.data().data()](std::int64_t at) {
    return std::pair(static_cast<double>(a[at]), static_cast<double>(b[at]));
  };
  float* out = result.mutable_data().data();
  for_each_line(y.shape(), axis, [&](const Line& line) {
    double total = 0.0;
    for (std::int64_t i = 0; i < line.count; ++i) total += std::apply(term, values(line.at(i)));
    for (std::int64_t i = 0; i < line.count; ++i) {
      const auto [a, b] = values(line.at(i));
      out[line.at(i)] = static_cast<float>(f(a, b, total));
    }
  });
  return result;
}

}  // namespace cameo::ops
