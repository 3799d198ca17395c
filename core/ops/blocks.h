/// Moving square blocks of pixels into channels and back.
#pragma once

#include <string_view>

#include "core/ops/depth_to_space.h"
#include "core/tensor.h"

namespace cameo::ops {

/// `[N,C,H,W]` once split into blocks. Both shapes throw ShapeError, or ArgumentError for a block
/// below 1.
Shape unblocked_shape(std::string_view op, const Shape& deep, std::int64_t block);
Shape blocked_shape(std::string_view op, const Shape& wide, std::int64_t block);

/// Channels to pixels and back; the shapes have been checked.
Tensor channels_to_pixels(const Tensor& x, std::int64_t block, DepthOrder order);
Tensor pixels_to_channels(const Tensor& x, std::int64_t block, DepthOrder order);

}  // namespace cameo::ops
