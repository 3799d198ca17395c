/// Antialiased resizing.
#pragma once

#include <cstdint>

#include "zoo/image.h"

namespace cameo::zoo {

/// How neighbouring pixels are weighted: by a tent of radius 1, or by the cubic of Keys (1981,
/// equation 15, a = -1/2) of radius 2.
enum class ResizeFilter { kBilinear, kBicubic };

/// The filter is as wide as the reduction, so that every source pixel counts when a picture is made
/// smaller; bit for bit what Pillow's `Image.resize(size, BILINEAR)` or `BICUBIC` gives (two
/// passes, coefficients in 22-bit fixed point). Throws ArgumentError unless both sides are
/// positive and the result has at most ImageLimits::max_pixels.
Image resize(const Image& image, std::int64_t width, std::int64_t height,
             ResizeFilter filter = ResizeFilter::kBilinear);

/// Resizes so that the shorter side has `side` pixels and the longer one int(side·long/short), as
/// torchvision's Resize(side).
Image resize_short_side(const Image& image, std::int64_t side,
                        ResizeFilter filter = ResizeFilter::kBilinear);

/// The middle `width`×`height` pixels; offsets round half to even, as torchvision's CenterCrop.
/// Throws ArgumentError when the picture is smaller.
Image center_crop(const Image& image, std::int64_t width, std::int64_t height);

}  // namespace cameo::zoo
