/// Extents and how they are cut into parts.
#pragma once

#include <cstdint>

namespace cameo {

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
inline std::int64_t round_up(std::int64_t a, std::int64_t to) { return ceil_div(a, to) * to; }

/// begin … begin + count - 1
struct Range {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// Part `index` of `count` of 0 … extent-1; the parts differ by at most one.
inline Range part_of(std::int64_t extent, std::int64_t index, std::int64_t count) {
  const std::int64_t begin = extent * index / count;
  return {.begin = begin, .count = extent * (index + 1) / count - begin};
}

}  // namespace cameo
