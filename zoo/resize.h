/// Antialiased bilinear resizing.
#pragma once

#include <cstdint>

#include "zoo/image.h"

namespace cameo::zoo {

/// Bilinear with a filter as wide as the reduction, so that every source pixel counts when a
/// picture is made smaller; bit for bit what Pillow's `Image.resize(size, BILINEAR)` gives (two
/// passes, coefficients in 22-bit fixed point). Throws ArgumentError unless both sides are
/// positive.
Image resize(const Image& image, std::int64_t width, std::int64_t height);

/// Resizes so that the shorter side has `side` pixels and the longer one int(side·long/short), as
/// torchvision's Resize(side).
Image resize_short_side(const Image& image, std::int64_t side);

/// The middle `width`×`height` pixels; offsets round half to even, as torchvision's CenterCrop.
/// Throws ArgumentError when the picture is smaller.
Image center_crop(const Image& image, std::int64_t width, std::int64_t height);

}  // namespace cameo::zoo
