#include "core/ops/average_pool.h"

#include <algorithm>

#include "core/ops/pooling.h"
#include "core/parallel.h"

namespace cameo::ops {

namespace {

PoolGeometry geometry_for(const AveragePoolOptions& options, std::span<const Shape> inputs) {
  return pool_geometry("AveragePool",
                       {.kernel = options.kernel,
                        .strides = options.strides,
                        .pads = options.pads,
                        .dilations = {1, 1},
                        .ceil_mode = options.ceil_mode},
                       inputs);
}

/// The input elements of one window along one axis, and how many elements it counts.
struct Interval {
  std::int64_t begin, end, counted;
};

Interval interval_at(const PoolAxis& axis, std::int64_t position, bool count_padding) {
  const std::int64_t start = axis.start(position);
  const std::int64_t begin = std::max<std::int64_t>(start, 0);
  const std::int64_t end = std::min(start + axis.kernel, axis.extent);
  const std::int64_t padded = std::min(start + axis.kernel, axis.extent + axis.pad_end) - start;
  return {.begin = begin, .end = end, .counted = count_padding ? padded : end - begin};
}

/// Calls `visit(output index, rows, columns, divisor)` for every window of a plane.
template <typename F>
void for_each_window(const PoolGeometry& g, bool count_padding, F visit) {
  std::int64_t o = 0;
  for (std::int64_t oy = 0; oy < g.y.count; ++oy) {
    const Interval rows = interval_at(g.y, oy, count_padding);
    for (std::int64_t ox = 0; ox < g.x.count; ++ox, ++o) {
      const Interval columns = interval_at(g.x, ox, count_padding);
      visit(o, rows, columns, static_cast<double>(rows.counted * columns.counted));
    }
  }
}

}  // namespace

Shape AveragePool::infer_shape(std::span<const Shape> inputs) const {
  const PoolGeometry geometry = geometry_for(options_, inputs);
  return {inputs[0][0], inputs[0][1], geometry.y.count, geometry.x.count};
}

Tensor AveragePool::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const std::vector<Shape> shapes = shapes_of(inputs);
  const PoolGeometry g = geometry_for(options_, shapes);
  Tensor y = Tensor::uninitialized({shapes[0][0], shapes[0][1], g.y.count, g.x.count});
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const float* plane = x + p * g.in_size();
      float* to = out + p * g.out_size();
      for_each_window(
          g, options_.count_include_pad,
          [&](std::int64_t o, const Interval& rows, const Interval& columns, double divisor) {
            double total = 0.0;
            for (std::int64_t iy = rows.begin; iy < rows.end; ++iy) {
              for (std::int64_t ix = columns.begin; ix < columns.end; ++ix) {
                total += static_cast<double>(plane[iy * g.x.extent + ix]);
              }
            }
            to[o] = static_cast<float>(total / divisor);
          });
    }
  });
  return y;
}

void AveragePool::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const PoolGeometry g = geometry_for(options_, ctx.input_shapes);
  Tensor dx = Tensor::uninitialized(ctx.input_shapes[0]);
  const float* grad = ctx.grad.data().data();
  float* out = dx.mutable_data().data();
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    std::fill(out + begin * g.in_size(), out + end * g.in_size(), 0.0F);
    for (std::int64_t p = begin; p < end; ++p) {
      const float* from = grad + p * g.out_size();
      float* plane = out + p * g.in_size();
      for_each_window(
          g, options_.count_include_pad,
          [&](std::int64_t o, const Interval& rows, const Interval& columns, double divisor) {
            const float share = from[o] / static_cast<float>(divisor);
            for (std::int64_t iy = rows.begin; iy < rows.end; ++iy) {
              float* row = plane + iy * g.x.extent;
              for (std::int64_t ix = columns.begin; ix < columns.end; ++ix) {
                row[ix] += share;
              }
            }
          });
    }
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads AveragePool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
