/// Copying boxes between tensors: what Concat, Pad and Slice come down to.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace cameo::ops {

/// A box's place in a dense tensor: its first element and, per axis, how far apart neighbours are.
struct BoxView {
  Shape first;
  std::vector<std::int64_t> steps;  ///< empty: all 1; may be negative
};

/// Copies a box of `extents`, seen through one view of `from`, to another of `to`. All have one
/// rank and the views must lie inside their tensors.
void copy_box(const Shape& extents, const Tensor& from, const BoxView& from_view, Tensor& to,
              const BoxView& to_view);

}  // namespace cameo::ops
