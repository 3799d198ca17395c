/// Maps of a layer's resolution brought to the picture's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

/// Where pixel d of `out` looks in a line of `in` pixels.
enum class Upsampling {
  kHalfPixel,     ///< bilinear at (d + 1/2)·in/out - 1/2, clamped: OpenCV, PyTorch's default
  kAlignCorners,  ///< bilinear at d·(in - 1)/(out - 1): corner pixels stay in the corners
  kNearest,       ///< floor(d·in/out)
};

/// "half-pixel", "align-corners", "nearest"
std::vector<std::string> upsampling_names();
/// Throws LookupError with close matches.
Upsampling find_upsampling(std::string_view name);

/// `[H,W]` or `[C,H,W]` to height x width, without antialiasing. Throws ShapeError for other shapes
/// or an empty map, ArgumentError for a size below 1.
Tensor resize_map(const Tensor& map, std::int64_t height, std::int64_t width,
                  Upsampling upsampling = Upsampling::kHalfPixel);

}  // namespace cameo::explain
