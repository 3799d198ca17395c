/// Sliding-window arithmetic along one axis, for convolution and pooling.
#pragma once

#include <cstdint>
#include <string_view>

namespace cameo {

struct WindowAxis {
  std::string_view op;    ///< starts error messages
  std::string_view name;  ///< "height" or "width"
  std::int64_t extent = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;
  bool ceil_mode = false;
};

/// Number of window positions. In ceil mode a last window that would start in the padding behind
/// the axis is dropped, as PyTorch does. Throws ArgumentError unless kernel, stride and dilation
/// are 1 or more and pads 0 or more, ShapeError when the extent is 0 or the window does not fit
/// even once.
std::int64_t window_count(const WindowAxis& axis);

}  // namespace cameo
