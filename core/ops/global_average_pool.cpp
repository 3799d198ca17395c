#include "core/ops/global_average_pool.h"

#include <algorithm>

#include "core/elementwise.h"
#include "core/ops/check.h"
#include "core/reduce.h"

namespace cameo::ops {

namespace {

/// Planes per parallel_for piece.
std::int64_t grain_for(std::int64_t size) {
  return std::max<std::int64_t>(1, kElementwiseGrain / size);
}

}  // namespace

Shape GlobalAveragePool::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Shape& x = inputs[0];
  check_rank(type(), "an input", x, 4);
  if (x[2] < 1 || x[3] < 1) throw_shape_error(type(), "a map of 1x1 or more", to_string(x));
  static_cast<void>(checked_output(type(), x));
  return {x[0], x[1], 1, 1};
}

Tensor GlobalAveragePool::forward(std::span<const Tensor> inputs, const RunContext&) const {
  Tensor y = Tensor::uninitialized(infer_shape(shapes_of(inputs)));
  const std::int64_t size = inputs[0].dim(2) * inputs[0].dim(3);
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  parallel_for(y.size(), grain_for(size), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const float* plane = x + p * size;
      const double total = sum_of(size, [&](std::int64_t i) { return plane[i]; });
      out[p] = static_cast<float>(total / static_cast<double>(size));
    }
  });
  return y;
}

void GlobalAveragePool::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const Shape& shape = ctx.input_shapes[0];
  const std::int64_t size = shape[2] * shape[3];
  Tensor dx = Tensor::uninitialized(shape);
  const float* grad = ctx.grad.data().data();
  float* out = dx.mutable_data().data();
  parallel_for(ctx.grad.size(), grain_for(size), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      std::fill_n(out + p * size, size, grad[p] / static_cast<float>(size));
    }
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads GlobalAveragePool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
