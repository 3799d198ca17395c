/// Means over windows of a map, for the average pools.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace cameo::ops {

/// The elements begin … end-1 of one axis that a window covers, and how many it divides by.
struct WindowSpan {
  std::int64_t begin, end, counted;
};

/// Windows along the height times windows along the width.
struct WindowGrid {
  std::vector<WindowSpan> rows;
  std::vector<WindowSpan> columns;
};

/// `[N,C,H,W]` to `[N,C,rows,columns]`; sums in double.
Tensor window_means(const Tensor& x, const WindowGrid& grid);
/// The adjoint: `grad` `[N,C,rows,columns]` spread over `[N,C,H,W]`.
Tensor spread_windows(const Tensor& grad, const Shape& shape, const WindowGrid& grid);

}  // namespace cameo::ops
