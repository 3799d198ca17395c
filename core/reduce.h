/// Accurate sums that vectorise.
#pragma once

#include <array>
#include <cstdint>

namespace cameo {

/// Sum of `term(i)` over 0 … count-1. Short runs are added in eight float lanes, the runs in
/// double: a fixed order, an error of a few units in the last place, and no slower than a plain
/// float sum.
template <typename F>
double sum_of(std::int64_t count, F term) {
  constexpr std::int64_t kLanes = 8;
  constexpr std::int64_t kRun = 128;
  double total = 0.0;
  std::int64_t i = 0;
  while (count - i >= kLanes) {
    std::array<float, kLanes> lanes{};
    const std::int64_t end = i + kRun <= count ? i + kRun : count - (count - i) % kLanes;
    for (; i < end; i += kLanes) {
      for (std::int64_t l = 0; l < kLanes; ++l) lanes[static_cast<std::size_t>(l)] += term(i + l);
    }
    for (const float lane : lanes) total += static_cast<double>(lane);
  }
  for (; i < count; ++i) total += static_cast<double>(term(i));
  return total;
}

}  // namespace cameo
