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

/// The window of plane-relative indices first … whose row y0 and column x0 lie inside the plane.
std::int32_t window_maximum(const PoolGeometry& g, const float* plane, std::int64_t oy,
                            std::int64_t ox) {
  const std::int64_t top = g.y.start(oy);
  const std::int64_t left = g.x.start(ox);
  const std::int64_t kx_begin = g.x.first_tap(left);
  const std::int64_t kx_end = g.x.end_tap(left);
  std::int64_t best =
      (top + g.y.first_tap(top) * g.y.dilation) * g.x.extent + left + kx_begin * g.x.dilation;
  for (std::int64_t ky = g.y.first_tap(top); ky < g.y.end_tap(top); ++ky) {
    const std::int64_t row = (top + ky * g.y.dilation) * g.x.extent + left;
    for (std::int64_t kx = kx_begin; kx < kx_end; ++kx) {
      const std::int64_t index = row + kx * g.x.dilation;
      if (beats(plane[index], plane[best])) best = index;
    }
  }
  return static_cast<std::int32_t>(best);
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
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      const float* plane = x + p * g.in_size();
      std::int64_t o = p * g.out_size();
      for (std::int64_t oy = 0; oy < g.y.count; ++oy) {
        for (std::int64_t ox = 0; ox < g.x.count; ++ox, ++o) {
          const std::int32_t best = window_maximum(g, plane, oy, ox);
          out[o] = plane[best];
          if (!switches.empty()) switches[static_cast<std::size_t>(o)] = best;
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
