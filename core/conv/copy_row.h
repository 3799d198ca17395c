/// Copying rows of pixels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace cameo {

/// Copies one row; most are too short for a call of memcpy() to pay.
inline void copy_row(const float* from, std::int64_t width, float* to) {
  const auto copy_in_steps = [&](auto step) {
    for (std::int64_t x = 0; x + step <= width; x += step) std::copy_n(from + x, step(), to + x);
    std::copy_n(from + width - step, step(), to + width - step);
  };
  if (width >= 8) {
    copy_in_steps(std::integral_constant<std::int64_t, 8>{});
  } else if (width >= 4) {
    copy_in_steps(std::integral_constant<std::int64_t, 4>{});
  } else {
    for (std::int64_t x = 0; x < width; ++x) to[x] = from[x];
  }
}

}  // namespace cameo
