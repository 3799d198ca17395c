/// Heights and widths in layer options.
#pragma once

#include <cstdint>

namespace cameo::layers {

/// A height and a width; one number means both: `.kernel = 3`, `.kernel = {1, 7}`.
struct Extent2d {
  constexpr Extent2d(std::int64_t both) : height(both), width(both) {}
  constexpr Extent2d(std::int64_t h, std::int64_t w) : height(h), width(w) {}

  std::int64_t height;
  std::int64_t width;
};

}  // namespace cameo::layers
