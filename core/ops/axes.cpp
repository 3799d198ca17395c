#include "core/ops/axes.h"

#include <algorithm>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return strides;
}

}  // namespace

Shape transposed(const Shape& shape, const Axes& perm) {
  Shape result;
  result.reserve(perm.size());
  for (const std::size_t axis : perm) result.push_back(shape[axis]);
  return result;
}

Tensor transposed(const Tensor& x, const Axes& perm) {
  if (std::is_sorted(perm.begin(), perm.end())) return x;
  const Shape shape = transposed(x.shape(), perm);
  Tensor result = Tensor::uninitialized(shape);
  if (result.size() == 0) return result;
  const std::vector<std::int64_t> strides = transposed(strides_of(x.shape()), perm);
  const std::int64_t length = shape.back();
  const std::int64_t step = strides.back();
  const float* in = x.data().data();
  float* out = result.mutable_data().data();
  parallel_for(result.size() / length, std::max<std::int64_t>(1, kElementwiseGrain / length),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t row = begin; row < end; ++row) {
                   std::int64_t from = 0;
                   std::int64_t rest = row;
                   for (std::size_t axis = shape.size() - 1; axis-- > 0;) {
                     from += rest % shape[axis] * strides[axis];
                     rest /= shape[axis];
                   }
                   float* to = out + row * length;
                   for (std::int64_t i = 0; i < length; ++i) to[i] = in[from + i * step];
                 }
               });
  return result;
}

Axes inverse(const Axes& perm) {
  Axes result(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) result[perm[i]] = i;
  return result;
}

Axes checked_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank) {
  Axes result;
  for (const std::int64_t named : axes) {
    const std::size_t axis = checked_axis(op, named, rank);
    if (std::find(result.begin(), result.end(), axis) != result.end()) {
      throw_argument_error(op, "each axis once", "axis " + std::to_string(named) + " twice");
    }
    result.push_back(axis);
  }
  return result;
}

}  // namespace cameo::ops
