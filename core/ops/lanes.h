/// A tensor seen as blocks of rows along one axis.
#pragma once

#include <algorithm>

#include "core/elementwise.h"

namespace cameo::ops {

/// `[blocks, extent, length]`: the product before an axis, the axis, the product after it.
struct Lanes {
  Lanes(const Shape& shape, std::size_t axis) : extent(shape[axis]) {
    for (std::size_t i = 0; i < shape.size(); ++i)
      (i < axis ? blocks : length) *= i == axis ? 1 : shape[i];
  }
  /// Calls `visit(block)` for every block, in parallel.
  template <typename F>
  void for_each_block(F visit) const {
    const std::int64_t grain = std::max<std::int64_t>(1, kElementwiseGrain / (extent * length + 1));
    parallel_for(blocks, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t block = begin; block < end; ++block) visit(block);
    });
  }

  std::int64_t blocks = 1;
  std::int64_t extent;
  std::int64_t length = 1;
};

}  // namespace cameo::ops
