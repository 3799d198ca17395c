#include "core/ops/average_pool.h"

#include <algorithm>

#include "core/ops/pooling.h"
#include "core/ops/window_mean.h"

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

std::vector<WindowSpan> windows_along(const PoolAxis& axis, bool count_padding) {
  std::vector<WindowSpan> spans;
  for (std::int64_t i = 0; i < axis.count; ++i) {
    const std::int64_t start = axis.start(i);
    const std::int64_t begin = std::max<std::int64_t>(start, 0);
    const std::int64_t end = std::min(start + axis.kernel, axis.extent);
    const std::int64_t padded = std::min(start + axis.kernel, axis.extent + axis.pad_end) - start;
    spans.push_back({.begin = begin, .end = end, .counted = count_padding ? padded : end - begin});
  }
  return spans;
}

WindowGrid grid_for(const AveragePoolOptions& options, const Shape& input) {
  const PoolGeometry geometry = geometry_for(options, {&input, 1});
  return {.rows = windows_along(geometry.y, options.count_include_pad),
          .columns = windows_along(geometry.x, options.count_include_pad)};
}

}  // namespace

Shape AveragePool::infer_shape(std::span<const Shape> inputs) const {
  const PoolGeometry geometry = geometry_for(options_, inputs);
  return {inputs[0][0], inputs[0][1], geometry.y.count, geometry.x.count};
}

Tensor AveragePool::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return window_means(inputs[0], grid_for(options_, inputs[0].shape()));
}

void AveragePool::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const Shape& shape = ctx.input_shapes[0];
  ctx.input_grads[0] = spread_windows(ctx.grad, shape, grid_for(options_, shape));
}

Reads AveragePool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
