#include "core/ops/max_pool.h"

#include <algorithm>
#include <limits>

#include "core/ops/pooling.h"
#include "core/parallel.h"

namespace cameo::ops {

namespace {

/// Per output element the index of its maximum within the input plane.
using Switches = std::vector<std::int32_t>;

PoolGeometry geometry_for(const MaxPoolOptions& options, std::span<const Shape> inputs) {
  const PoolGeometry geometry = pool_geometry("MaxPool",
                                              {.kernel = options.kernel,
                                               .strides = options.strides,
                                               .pads = options.pads,
                                               .dilations = options.dilations,
                                               .ceil_mode = options.ceil_mode},
                                              inputs);
  std::int64_t plane = 0;
  if (__builtin_mul_overflow(geometry.y.extent, geometry.x.extent, &plane) ||
      plane > std::numeric_limits<std::int32_t>::max()) {
    throw_shape_error("MaxPool", "a map of fewer than 2^31 elements", to_string(inputs[0]));
  }
  return geometry;
}

/// NaN beats numbers and the first of equals stays, as in PyTorch.
bool beats(float value, float best) { return value > best || (value != value && best == best); }

/// Index within the plane of the maximum of the window of `rows` x `columns`.
std::int64_t window_maximum(const PoolGeometry& g, const float* plane, const TapRun& rows,
                            const TapRun& columns) {
  std::int64_t row = rows.first * g.x.extent + columns.first;
  std::int64_t best = row;
  for (std::int64_t ky = 0; ky < rows.count; ++ky, row += g.y.dilation * g.x.extent) {
    for (std::int64_t kx = 0; kx < columns.count; ++kx) {
      const std::int64_t index = row + kx * g.x.dilation;
      if (beats(plane[index], plane[best])) best = index;
    }
  }
  return best;
}

}  // namespace

Shape MaxPool::infer_shape(std::span<const Shape> inputs) const {
  const PoolGeometry geometry = geometry_for(options_, inputs);
  return {inputs[0][0], inputs[0][1], geometry.y.count, geometry.x.count};
}

Tensor MaxPool::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  const std::vector<Shape> shapes = shapes_of(inputs);
  const PoolGeometry g = geometry_for(options_, shapes);
  Tensor y = Tensor::uninitialized({shapes[0][0], shapes[0][1], g.y.count, g.x.count});
  Switches switches(run.residuals == nullptr ? 0 : static_cast<std::size_t>(y.size()));
  if (y.size() == 0) {  // its extents are bounded by no data, so nothing may be sized by them
    if (run.residuals != nullptr) *run.residuals = Switches();
    return y;
  }
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  std::int32_t* winners = switches.empty() ? nullptr : switches.data();
  const std::vector<TapRun> rows = tap_runs(g.y);
  const std::vector<TapRun> columns = tap_runs(g.x);
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const float* plane = x + p * g.in_size();
      std::int64_t o = p * g.out_size();
      for (const TapRun& row : rows) {
        for (const TapRun& column : columns) {
          const std::int64_t best = window_maximum(g, plane, row, column);
          out[o] = plane[best];
          if (winners != nullptr) winners[o] = static_cast<std::int32_t>(best);
          ++o;
        }
      }
    }
  });
  if (run.residuals != nullptr) *run.residuals = std::move(switches);
  return y;
}

void MaxPool::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const PoolGeometry g = geometry_for(options_, ctx.input_shapes);
  const Switches& switches = residual<Switches>(type(), ctx);
  Tensor dx = Tensor::uninitialized(ctx.input_shapes[0]);
  const float* grad = ctx.grad.data().data();
  float* out = dx.mutable_data().data();
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    std::fill(out + begin * g.in_size(), out + end * g.in_size(), 0.0F);
    for (std::int64_t p = begin; p < end; ++p) {
      const std::int32_t* winners = switches.data() + p * g.out_size();
      const float* from = grad + p * g.out_size();
      float* plane = out + p * g.in_size();
      for (std::int64_t o = 0; o < g.out_size(); ++o) plane[winners[o]] += from[o];
    }
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads MaxPool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
