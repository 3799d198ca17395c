#include "core/ops/broadcast.h"

#include "core/reduce.h"

namespace cameo::ops {

Rows::Rows(const Shape& whole, const Shape& part) {
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= whole.size(); ++back) {
    const std::int64_t extent = whole[whole.size() - back];
    const std::int64_t in_part = back <= part.size() ? part[part.size() - back] : 1;
    const Axis axis{.extent = extent, .step = in_part == 1 ? 0 : step};
    step *= in_part;
    if (extent == 1) continue;
    if (!axes_.empty() && axis.step == axes_.back().step * axes_.back().extent) {
      axes_.back().extent *= extent;
    } else {
      axes_.push_back(axis);
    }
  }
  if (axes_.empty()) axes_.push_back({.extent = 1, .step = 0});
}

std::int64_t Rows::offset(std::int64_t row) const {
  std::int64_t offset = 0;
  for (std::size_t i = 1; i < axes_.size(); ++i) {
    offset += row % axes_[i].extent * axes_[i].step;
    row /= axes_[i].extent;
  }
  return offset;
}

Shape common_shape(std::string_view op, std::span<const Shape> inputs) {
  if (inputs.empty()) throw_shape_error(op, "1 or more inputs", "0");
  Shape result = inputs[0];
  for (const Shape& input : inputs.subspan(1)) {
    if (input.size() > result.size())
      result.insert(result.begin(), input.size() - result.size(), 1);
    for (std::size_t back = 1; back <= input.size(); ++back) {
      std::int64_t& extent = result[result.size() - back];
      const std::int64_t other = input[input.size() - back];
      if (extent == 1) {
        extent = other;
      } else if (other != 1 && other != extent) {
        throw_shape_error(op, "shapes that broadcast",
                          to_string(inputs[0]) + " and " + to_string(input));
      }
    }
  }
  return checked_output(op, std::move(result));
}

Shape broadcast_shape(std::string_view op, std::span<const Shape> inputs) {
  check_input_count(op, inputs, 2, 2);
  return common_shape(op, inputs);
}

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  Tensor result = Tensor::uninitialized(shape);
  const Rows rows(shape, x.shape());
  const float* in = x.data().data();
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    rows.for_each(begin, end, [&](std::int64_t at, std::int64_t count, std::int64_t from) {
      if (rows.step() == 0) {
        std::fill_n(out + at, count, in[from]);
      } else {
        std::copy_n(in + from, count, out + at);
      }
    });
  });
  return result;
}

Tensor reduce_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  Tensor result = Tensor(shape);
  std::vector<double> sums(static_cast<std::size_t>(result.size()), 0.0);
  const Rows rows(x.shape(), shape);
  const float* in = x.data().data();
  rows.for_each(0, x.size(), [&](std::int64_t at, std::int64_t count, std::int64_t to) {
    double* const sum = sums.data() + to;
    const float* const terms = in + at;
    if (rows.step() == 0) {
      *sum += sum_of(count, [&](std::int64_t i) { return terms[i]; });
    } else {
      for (std::int64_t i = 0; i < count; ++i) sum[i] += static_cast<double>(terms[i]);
    }
  });
  std::transform(sums.begin(), sums.end(), result.mutable_data().begin(),
                 [](double s) { return static_cast<float>(s); });
  return result;
}

}  // namespace cameo::ops
