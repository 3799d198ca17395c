/// Reordering axes: what Transpose, the reductions and the space-and-depth ops come down to.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace cameo::ops {

using Axes = std::vector<std::size_t>;

/// Extent i of the result is extent `perm[i]` of `shape`.
Shape transposed(const Shape& shape, const Axes& perm);
/// The values in that order; the same storage when `perm` changes nothing.
Tensor transposed(const Tensor& x, const Axes& perm);
/// The permutation that undoes `perm`.
Axes inverse(const Axes& perm);
/// `axes` as indices, negative ones counted from the end. Throws ArgumentError for an axis that is
/// out of range or named twice.
Axes checked_axes(std::string_view op, std::span<const std::int64_t> axes, std::size_t rank);

}  // namespace cameo::ops
