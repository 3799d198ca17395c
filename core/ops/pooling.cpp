#include "core/ops/pooling.h"

#include <algorithm>

#include "core/conv/window.h"
#include "core/elementwise.h"

namespace cameo::ops {

namespace {

PoolAxis pool_axis(std::string_view op, std::string_view name, const PoolWindow& window,
                   std::size_t axis, std::int64_t extent) {
  PoolAxis result{.extent = extent,
                  .kernel = window.kernel[axis],
                  .stride = window.strides[axis],
                  .dilation = window.dilations[axis],
                  .pad = window.pads[axis],
                  .pad_end = window.pads[axis + 2],
                  .count = 0};
  result.count = window_count({.op = op,
                               .name = name,
                               .extent = extent,
                               .kernel = result.kernel,
                               .stride = result.stride,
                               .dilation = result.dilation,
                               .pad_begin = result.pad,
                               .pad_end = result.pad_end,
                               .ceil_mode = window.ceil_mode});
  if (std::max(result.pad, result.pad_end) >= result.kernel) {
    throw_argument_error(op, "padding smaller than the kernel of " + std::to_string(result.kernel),
                         std::to_string(std::max(result.pad, result.pad_end)));
  }
  for (std::int64_t i = 0; i < result.count && result.start(i) < 0; ++i) {
    const std::int64_t at = result.start(i);
    if (at + result.first_tap(at) * result.dilation >= extent) {
      throw_shape_error(op, "windows that each see the input",
                        std::string(name) + " " + std::to_string(extent) + " with dilation " +
                            std::to_string(result.dilation));
    }
    if (extent >= result.dilation) break;
  }
  return result;
}

}  // namespace

PoolGeometry pool_geometry(std::string_view op, const PoolWindow& window,
                           std::span<const Shape> inputs) {
  check_input_count(op, inputs, 1, 1);
  const Shape& x = inputs[0];
  check_rank(op, "an input", x, 4);
  const PoolAxis height = pool_axis(op, "height", window, 0, x[2]);
  const PoolAxis width = pool_axis(op, "width", window, 1, x[3]);
  static_cast<void>(checked_output(op, x));
  static_cast<void>(checked_output(op, {x[0], x[1], height.count, width.count}));
  return {.planes = x[0] * x[1], .y = height, .x = width};
}

std::vector<TapRun> tap_runs(const PoolAxis& axis) {
  std::vector<TapRun> runs;
  runs.reserve(static_cast<std::size_t>(axis.count));
  for (std::int64_t i = 0; i < axis.count; ++i) {
    const std::int64_t start = axis.start(i);
    const std::int64_t begin = axis.first_tap(start);
    const std::int64_t end = std::min((axis.extent - 1 - start) / axis.dilation + 1, axis.kernel);
    runs.push_back({.first = start + begin * axis.dilation, .count = end - begin});
  }
  return runs;
}

std::int64_t pool_grain(const PoolGeometry& geometry) {
  return std::max<std::int64_t>(1, kElementwiseGrain / geometry.in_size());
}

}  // namespace cameo::ops
