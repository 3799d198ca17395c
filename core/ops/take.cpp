#include "core/ops/take.h"

#include <algorithm>

#include "core/ops/lanes.h"

namespace cameo::ops {

namespace {

Tensor with_extent(const Tensor& like, std::size_t axis, std::int64_t extent) {
  Shape shape = like.shape();
  shape[axis] = extent;
  return Tensor(std::move(shape));
}

}  // namespace

Tensor take(const Tensor& x, std::size_t axis, std::span<const std::int64_t> indices) {
  Tensor y = with_extent(x, axis, static_cast<std::int64_t>(indices.size()));
  const Lanes from(x.shape(), axis);
  const Lanes to(y.shape(), axis);
  const float* in = x.data().data();
  float* out = y.mutable_data().data();
  to.for_each_block([&](std::int64_t block) {
    float* row = out + block * to.extent * to.length;
    for (const std::int64_t index : indices) {
      row = std::copy_n(in + (block * from.extent + index) * from.length, from.length, row);
    }
  });
  return y;
}

Tensor put(const Tensor& grad, std::size_t axis, std::span<const std::int64_t> indices,
           std::int64_t extent) {
  Tensor sums = with_extent(grad, axis, extent);
  const Lanes from(grad.shape(), axis);
  const Lanes to(sums.shape(), axis);
  const float* in = grad.data().data();
  float* out = sums.mutable_data().data();
  from.for_each_block([&](std::int64_t block) {
    const float* row = in + block * from.extent * from.length;
    for (const std::int64_t index : indices) {
      float* sum = out + (block * to.extent + index) * to.length;
      for (std::int64_t i = 0; i < to.length; ++i) sum[i] += *row++;
    }
  });
  return sums;
}

}  // namespace cameo::ops
