/// Gradients through resized maps.
#pragma once

#include <cstdint>

#include "core/tensor.h"
#include "explain/resize_map.h"

namespace cameo::explain {

/// The transpose of resize_map(), which is linear: the gradient by a map of the size height x width
/// from the `gradient` `[H,W]` by that map resized. Throws ShapeError for another shape,
/// ArgumentError for a size below 1.
Tensor resize_map_transposed(const Tensor& gradient, std::int64_t height, std::int64_t width,
                             Upsampling upsampling = Upsampling::kHalfPixel);

}  // namespace cameo::explain
