/// Accurate sums that vectorise.
#pragma once

#include <array>
#include <cstdint>

namespace cameo {

/// A sum that grows by runs. Short stretches are added in eight float lanes, these in eight double
/// ones: a fixed order, an error of a few units in the last place, and no slower than a plain float
/// sum.
class LaneSum {
 public:
  /// Adds `term(i)` of 0 … count-1.
  template <typename F>
  void add(std::int64_t count, F term) {
    std::int64_t i = 0;
    while (count - i >= kLanes) {
      std::array<float, kLanes> lanes{};
      const std::int64_t end = i + kStretch <= count ? i + kStretch : count - (count - i) % kLanes;
      for (; i < end; i += kLanes) {
        for (std::int64_t l = 0; l < kLanes; ++l) lanes[static_cast<std::size_t>(l)] += term(i + l);
      }
      for (std::size_t l = 0; l < kLanes; ++l) totals_[l] += static_cast<double>(lanes[l]);
    }
    for (; i < count; ++i) rest_ += static_cast<double>(term(i));
  }

  double total() const {
    double result = 0.0;
    for (const double lane : totals_) result += lane;
    return result + rest_;
  }

 private:
  static constexpr std::int64_t kLanes = 8;
  static constexpr std::int64_t kStretch = 128;
  std::array<double, kLanes> totals_{};
  double rest_ = 0.0;
};

/// Sum of `term(i)` over 0 … count-1.
template <typename F>
double sum_of(std::int64_t count, F term) {
  LaneSum sum;
  sum.add(count, term);
  return sum.total();
}

}  // namespace cameo
