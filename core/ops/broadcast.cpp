#include "core/ops/broadcast.h"

#include <algorithm>
#include <vector>

namespace cameo::ops {

namespace {

/// Walks the rows (runs along the last axis) of `whole` and where they lie in `part`, which
/// broadcasts to it.
class Rows {
 public:
  Rows(const Shape& whole, const Shape& part) : shape_(whole), steps_(whole.size(), 0) {
    std::int64_t step = 1;
    for (std::size_t back = 1; back <= part.size(); ++back) {
      const std::int64_t extent = part[part.size() - back];
      if (extent != 1) steps_[steps_.size() - back] = step;
      step *= extent;
    }
  }

  std::int64_t length() const { return shape_.empty() ? 1 : shape_.back(); }
  /// 1 when `part` has the last axis, 0 when it stretches along it.
  std::int64_t step() const { return steps_.empty() ? 0 : steps_.back(); }
  /// Where row `row` starts in `part`.
  std::int64_t offset(std::int64_t row) const {
    std::int64_t offset = 0;
    for (std::size_t axis = shape_.size(); axis-- > 1;) {
      offset += row % shape_[axis - 1] * steps_[axis - 1];
      row /= shape_[axis - 1];
    }
    return offset;
  }

 private:
  const Shape& shape_;
  std::vector<std::int64_t> steps_;
};

}  // namespace

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
  if (result.size() == 0) return result;
  const Rows rows(shape, x.shape());
  const std::int64_t length = rows.length();
  const float* in = x.data().data();
  float* out = result.mutable_data().data();
  parallel_for(result.size() / length, std::max<std::int64_t>(1, kElementwiseGrain / length),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t row = begin; row < end; ++row) {
                   const float* from = in + rows.offset(row);
                   if (rows.step() == 0) {
                     std::fill_n(out + row * length, length, *from);
                   } else {
                     std::copy_n(from, length, out + row * length);
                   }
                 }
               });
  return result;
}

Tensor reduce_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  Tensor result = Tensor(shape);
  if (x.size() == 0) return result;
  std::vector<double> sums(static_cast<std::size_t>(result.size()), 0.0);
  const Rows rows(x.shape(), shape);
  const std::int64_t length = rows.length();
  const float* in = x.data().data();
  for (std::int64_t row = 0; row < x.size() / length; ++row) {
    double* to = sums.data() + rows.offset(row);
    for (std::int64_t i = 0; i < length; ++i) {
      to[i * rows.step()] += static_cast<double>(in[row * length + i]);
    }
  }
  std::transform(sums.begin(), sums.end(), result.mutable_data().begin(),
                 [](double s) { return static_cast<float>(s); });
  return result;
}

}  // namespace cameo::ops
