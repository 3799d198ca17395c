#include "core/conv/window.h"

#include <limits>
#include <string>

#include "core/error.h"

namespace cameo {

namespace {

/// Settings above 31 bits are never meant and would overflow the arithmetic.
void check_setting(const WindowAxis& axis, std::string_view what, std::int64_t value,
                   std::int64_t least) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (value >= least && value <= kMost) return;
  throw ArgumentError(std::string(axis.op) + ": expected " + std::string(what) + " along the " +
                      std::string(axis.name) + " from " + std::to_string(least) + " to " +
                      std::to_string(kMost) + ", got " + std::to_string(value));
}

}  // namespace

std::int64_t window_count(const WindowAxis& axis) {
  check_setting(axis, "kernel", axis.kernel, 1);
  check_setting(axis, "stride", axis.stride, 1);
  check_setting(axis, "dilation", axis.dilation, 1);
  check_setting(axis, "padding", axis.pad_begin, 0);
  check_setting(axis, "padding", axis.pad_end, 0);
  constexpr std::int64_t kRoom = std::int64_t{1} << 34;  // more than both pads and a stride
  const std::int64_t window = (axis.kernel - 1) * axis.dilation + 1;
  // A ceil-mode window may hang over the end by less than a stride, the only one included.
  const std::int64_t overhang = axis.ceil_mode ? axis.stride - 1 : 0;
  if (axis.extent < 1 || axis.extent > std::numeric_limits<std::int64_t>::max() - kRoom ||
      window > axis.extent + axis.pad_begin + axis.pad_end + overhang) {
    throw ShapeError(std::string(axis.op) + ": expected a " + std::string(axis.name) +
                     " that holds a window of " + std::to_string(window) + " with padding " +
                     std::to_string(axis.pad_begin) + " and " + std::to_string(axis.pad_end) +
                     ", got " + std::to_string(axis.extent));
  }
  const std::int64_t slack = axis.extent + axis.pad_begin + axis.pad_end - window;
  if (!axis.ceil_mode) return slack / axis.stride + 1;
  std::int64_t count = (slack + axis.stride - 1) / axis.stride + 1;
  if ((count - 1) * axis.stride >= axis.extent + axis.pad_begin) --count;
  return count;
}

}  // namespace cameo
