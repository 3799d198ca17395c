/// Window arithmetic shared by MaxPool and AveragePool.
#pragma once

#include <array>
#include <string_view>

#include "core/ops/check.h"

namespace cameo::ops {

/// The options both pools have; height before width.
struct PoolWindow {
  std::array<std::int64_t, 2> kernel;
  std::array<std::int64_t, 2> strides;
  std::array<std::int64_t, 4> pads;
  std::array<std::int64_t, 2> dilations;
  bool ceil_mode;
};

/// One axis of a pool over a given input.
struct PoolAxis {
  std::int64_t extent, kernel, stride, dilation, pad, pad_end, count;

  /// Where window `position` starts; negative in the padding.
  std::int64_t start(std::int64_t position) const { return position * stride - pad; }
  /// First tap of a window starting at `at` that lies inside the input.
  std::int64_t first_tap(std::int64_t at) const {
    return at >= 0 ? 0 : (-at + dilation - 1) / dilation;
  }
};

/// The input elements that one window sees along an axis: first, first + dilation, ...
struct TapRun {
  std::int64_t first, count;
};

/// By window position.
std::vector<TapRun> tap_runs(const PoolAxis& axis);

struct PoolGeometry {
  std::int64_t planes;  ///< batch times channels
  PoolAxis y, x;
  std::int64_t in_size() const { return y.extent * x.extent; }
  std::int64_t out_size() const { return y.count * x.count; }
};

/// Checks the one input `[N,C,H,W]` and the options; every window of the result sees at least one
/// input element.
PoolGeometry pool_geometry(std::string_view op, const PoolWindow& window,
                           std::span<const Shape> inputs);
/// Planes per parallel_for piece below which another thread does not pay.
std::int64_t pool_grain(const PoolGeometry& geometry);

}  // namespace cameo::ops
