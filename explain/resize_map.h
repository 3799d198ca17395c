/// Maps of a layer's resolution brought to the picture's.
#pragma once

#include <array>
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

/// Where the cells of a line lie: the centre of cell i is at `first` + i·`step`, in shares of the
/// picture's side. Half pixels are {0.5/in, 1/in}.
struct CellLine {
  double first = 0.5;
  double step = 1.0;
};
/// Height before width.
using CellGrid = std::array<CellLine, 2>;

/// The same with every cell in its place: bilinear between centres, constant outside the outermost.
/// Throws ArgumentError for a step that is not positive.
Tensor resize_map(const Tensor& map, std::int64_t height, std::int64_t width,
                  const CellGrid& cells);

}  // namespace cameo::explain
