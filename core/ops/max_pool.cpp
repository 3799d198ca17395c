#include "core/ops/max_pool.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>

#include "core/buffer_pool.h"
#include "core/ops/pooling.h"
#include "core/parallel.h"

namespace cameo::ops {

namespace {

/// Per output element the index of its maximum within the input plane.
using Switches = std::shared_ptr<std::int32_t[]>;

/// In memory of the pool, since every step of a training asks for as much again.
Switches make_switches(std::int64_t count) {
  Buffer buffer = take_buffer(static_cast<std::size_t>(count) * sizeof(std::int32_t));
  return {static_cast<std::int32_t*>(buffer.memory),
          [buffer](const std::int32_t*) mutable { return_buffer(buffer); }};
}

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
bool beats(float value, float best) { return !(value <= best) && best == best; }

/// A row of windows: their maxima and, unless null, the indices of these within the plane.
struct WindowRow {
  float* maxima;
  std::int32_t* winners;
  float* columns;  ///< null or padded_width() floats, -inf in the padding
};

/// One window of `rows` x `columns`.
void pool_window(const PoolGeometry& g, const float* plane, const TapRun& rows,
                 const TapRun& columns, std::int64_t at, const WindowRow& out) {
  std::int64_t row = rows.first * g.x.extent + columns.first;
  std::int64_t best = row;
  for (std::int64_t ky = 0; ky < rows.count; ++ky, row += g.y.dilation * g.x.extent) {
    for (std::int64_t kx = 0; kx < columns.count; ++kx) {
      const std::int64_t index = row + kx * g.x.dilation;
      if (beats(plane[index], plane[best])) best = index;
    }
  }
  out.maxima[at] = plane[best];
  if (out.winners != nullptr) out.winners[at] = static_cast<std::int32_t>(best);
}

/// Each window's next tap, `stride` apart, against its maximum so far. Selections by mask, since
/// which element wins is unpredictable and a mispredicted branch costs more than the comparison.
void take_taps(const float* __restrict taps, std::int32_t first, std::int32_t stride,
               std::int32_t count, float* __restrict maxima, std::int32_t* __restrict winners) {
  for (std::int32_t i = 0; i < count; ++i) {
    const float value = taps[static_cast<std::ptrdiff_t>(i * stride)];
    const float best = maxima[i];
    const std::int32_t wins =
        -(static_cast<std::int32_t>(!(value <= best)) & static_cast<std::int32_t>(best == best));
    const auto bits =
        (std::bit_cast<std::int32_t>(value) & wins) | (std::bit_cast<std::int32_t>(best) & ~wins);
    maxima[i] = std::bit_cast<float>(bits);
    winners[i] = ((first + i * stride) & wins) | (winners[i] & ~wins);
  }
}

using Lanes = float __attribute__((vector_size(16)));
using Indices = std::int32_t __attribute__((vector_size(16)));
constexpr std::int64_t kLanes = 4;
/// Floats that may be read behind the columns of a row of windows.
constexpr std::int64_t kSlack = kLanes;

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
void store(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }
void store(std::int32_t* to, Indices lanes) { std::memcpy(to, &lanes, sizeof lanes); }
/// Every kStride-th float; reads nothing behind the last.
template <std::int64_t kStride>
Lanes load_apart(const float* from) {
  if constexpr (kStride == 1) return load(from);
  return __builtin_shufflevector(load(from), load(from + 3), 0, 2, 5, 7);
}
/// `best` where either is NaN.
Lanes larger(Lanes value, Lanes best) { return value > best ? value : best; }

/// Calls `visit(i)` so that kLanes from each i cover 0 … count-1; count >= kLanes.
template <typename F>
void for_each_lanes(std::int64_t count, F visit) {
  for (std::int64_t i = 0; i + kLanes < count; i += kLanes) visit(i);
  visit(count - kLanes);
}

/// Calls `visit` with the kernel's extent, which the common ones make a constant.
template <typename F>
void with_extent(std::int64_t extent, F visit) {
  if (extent == 3) return visit(std::integral_constant<std::int64_t, 3>());
  if (extent == 2) return visit(std::integral_constant<std::int64_t, 2>());
  visit(extent);
}

/// The maxima of `width` columns of `count` rows; false where one of them is NaN.
bool column_maxima(const float* rows, std::int64_t pitch, std::int64_t count, std::int64_t width,
                   float* maxima) {
  decltype(Lanes{} != Lanes{}) nan{};
  with_extent(count, [&](auto extent) {
    for_each_lanes(width, [&](std::int64_t x) {
      Lanes best = load(rows + x);
      nan |= best != best;
      for (std::int64_t y = 1; y < extent; ++y) {
        const Lanes value = load(rows + y * pitch + x);
        nan |= value != value;
        best = larger(value, best);
      }
      store(maxima + x, best);
    });
  });
  return (nan[0] | nan[1] | nan[2] | nan[3]) == 0;
}

/// The maxima of `count` windows of `extent` neighbouring columns, kStride apart.
template <std::int64_t kStride>
void window_maxima(const float* columns, std::int64_t extent, std::int64_t count, float* maxima) {
  const auto taps = [](const float* from) __attribute__((always_inline)) {
    if constexpr (kStride == 1) return load(from);
    return __builtin_shufflevector(load(from), load(from + kLanes), 0, 2, 4, 6);
  };
  with_extent(extent, [&](auto constant) {
    for_each_lanes(count, [&](std::int64_t i) {
      const float* first = columns + i * kStride;
      Lanes best = taps(first);
      for (std::int64_t k = 1; k < constant; ++k) best = larger(taps(first + k), best);
      store(maxima + i, best);
    });
  });
}

/// Floats of a line of column maxima, with the padding that a row of windows reads; 0 where windows
/// are not taken columns first: few or dilated columns, long strides and large kernels.
std::int64_t padded_width(const PoolAxis& x) {
  constexpr std::int64_t kMostKernel = 64;
  const bool open = x.dilation == 1 && x.stride <= 2 && x.kernel <= kMostKernel &&
                    std::min(x.count, x.extent) >= kLanes;
  return open ? std::max(x.pad + x.extent, (x.count - 1) * x.stride + x.kernel) + kSlack : 0;
}

/// A row of windows, columns first, by their maxima alone. False, and nothing done, where that way
/// is not open, or where there is NaN.
bool pool_values(const PoolGeometry& g, const float* plane, const TapRun& rows,
                 const WindowRow& out) {
  if (out.columns == nullptr) return false;
  const float* first = plane + rows.first * g.x.extent;
  float* columns = out.columns + g.x.pad;
  if (!column_maxima(first, g.y.dilation * g.x.extent, rows.count, g.x.extent, columns)) {
    return false;
  }
  const auto pool = g.x.stride == 1 ? window_maxima<1> : window_maxima<2>;
  pool(out.columns, g.x.kernel, g.x.count, out.maxima);
  return true;
}

/// Windows `begin` to `end` of a row, all of them inside the plane's columns and kStride apart,
/// with their winners, some at a time.
template <std::int32_t kStride>
void pool_near_windows(const PoolGeometry& g, const float* plane, const TapRun& rows,
                       std::int64_t begin, std::int64_t end, const WindowRow& out) {
  const std::int64_t first = rows.first * g.x.extent + g.x.start(begin);
  for_each_lanes(end - begin, [&](std::int64_t i) {
    const float* from = plane + first + i * kStride;
    const Indices start = static_cast<std::int32_t>(first + i * kStride) +
                          Indices{0, kStride, 2 * kStride, 3 * kStride};
    Lanes best = load_apart<kStride>(from);
    Indices winners = start;
    for (std::int64_t ky = 0; ky < rows.count; ++ky) {
      for (std::int64_t kx = 0; kx < g.x.kernel; ++kx) {
        const std::int64_t tap = ky * g.y.dilation * g.x.extent + kx * g.x.dilation;
        const Lanes value = load_apart<kStride>(from + tap);
        const Indices wins = ~(value <= best) & (best == best);
        best = wins ? value : best;
        winners = wins ? start + static_cast<std::int32_t>(tap) : winners;
      }
    }
    store(out.maxima + begin + i, best);
    store(out.winners + begin + i, winners);
  });
}

/// The same for any windows, tap by tap.
void pool_inner_windows(const PoolGeometry& g, const float* plane, const TapRun& rows,
                        std::int64_t begin, std::int64_t end, const WindowRow& out) {
  const auto stride = static_cast<std::int32_t>(g.x.stride);
  const auto count = static_cast<std::int32_t>(end - begin);
  float* maxima = out.maxima + begin;
  std::int32_t* winners = out.winners + begin;
  std::int64_t row = rows.first * g.x.extent + g.x.start(begin);
  for (std::int32_t i = 0; i < count; ++i) {
    winners[i] = static_cast<std::int32_t>(row) + i * stride;
    maxima[i] = plane[winners[i]];
  }
  for (std::int64_t ky = 0; ky < rows.count; ++ky, row += g.y.dilation * g.x.extent) {
    for (std::int64_t kx = ky == 0 ? 1 : 0; kx < g.x.kernel; ++kx) {
      const std::int64_t first = row + kx * g.x.dilation;
      take_taps(plane + first, static_cast<std::int32_t>(first), stride, count, maxima, winners);
    }
  }
}

/// The windows of a row: the taps of each, and which of them see whole rows of the kernel.
struct RowWindows {
  explicit RowWindows(const PoolAxis& axis) : columns(tap_runs(axis)) {
    const auto inside = [&](std::int64_t o) {
      return columns[static_cast<std::size_t>(o)].count == axis.kernel;
    };
    while (begin < axis.count && !inside(begin)) ++begin;
    end = begin;
    while (end < axis.count && inside(end)) ++end;
  }
  std::vector<TapRun> columns;
  std::int64_t begin = 0, end = 0;
};

/// The windows of one output row.
void pool_row(const PoolGeometry& g, const float* plane, const TapRun& rows,
              const RowWindows& windows, const WindowRow& out) {
  if (out.winners == nullptr && pool_values(g, plane, rows, out)) return;
  std::int64_t begin = windows.begin;
  const std::int64_t end = windows.end;
  if (begin < end && out.winners != nullptr) {
    const bool near = g.x.stride <= 2 && end - begin >= kLanes;
    const auto pool = !near             ? pool_inner_windows
                      : g.x.stride == 1 ? pool_near_windows<1>
                                        : pool_near_windows<2>;
    pool(g, plane, rows, begin, end, out);
  } else {
    begin = end;
  }
  for (std::int64_t o = 0; o < g.x.count; ++o) {
    if (o == begin) o = end;
    if (o == g.x.count) return;
    pool_window(g, plane, rows, windows.columns[static_cast<std::size_t>(o)], o, out);
  }
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
  Switches switches;
  if (run.residuals != nullptr) switches = make_switches(y.size());
  if (y.size() == 0) {  // its extents are bounded by no data, so nothing may be sized by them
    if (run.residuals != nullptr) *run.residuals = std::move(switches);
    return y;
  }
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  const std::vector<TapRun> rows = tap_runs(g.y);
  const RowWindows windows(g.x);
  parallel_for(g.planes, pool_grain(g), [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> line(static_cast<std::size_t>(padded_width(g.x)),
                            -std::numeric_limits<float>::infinity());
    std::int64_t o = begin * g.out_size();
    for (std::int64_t p = begin; p < end; ++p) {
      for (const TapRun& row : rows) {
        pool_row(g, x + p * g.in_size(), row, windows,
                 {.maxima = out + o,
                  .winners = switches == nullptr ? nullptr : switches.get() + o,
                  .columns = line.empty() ? nullptr : line.data()});
        o += g.x.count;
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
      const std::int32_t* winners = switches.get() + p * g.out_size();
      const float* from = grad + p * g.out_size();
      float* plane = out + p * g.in_size();
      for (std::int64_t o = 0; o < g.out_size(); ++o) plane[winners[o]] += from[o];
    }
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads MaxPool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
