/// Copying rows of pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace cameo {

/// Copies one row to memory apart from it; most are too short for a call of memmove() to pay.
inline void copy_row(const float* from, std::int64_t width, float* to) {
  const auto copy_in_steps = [&](auto step) {
    constexpr std::size_t kBytes = step() * sizeof(float);
    for (std::int64_t x = 0; x + step <= width; x += step) std::memcpy(to + x, from + x, kBytes);
    std::memcpy(to + width - step, from + width - step, kBytes);
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
