/// Picking indices along one axis, for Gather, Pad and Resize.
#pragma once

#include <span>

#include "core/tensor.h"

namespace cameo::ops {

/// Row i along `axis` of the result is row `indices[i]` of x; every index must exist.
Tensor take(const Tensor& x, std::size_t axis, std::span<const std::int64_t> indices);
/// The adjoint: row i of `grad` added to row `indices[i]` of a tensor of `extent` rows, in order.
Tensor put(const Tensor& grad, std::size_t axis, std::span<const std::int64_t> indices,
           std::int64_t extent);

}  // namespace cameo::ops
