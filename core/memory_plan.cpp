#include "core/memory_plan.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace cameo {

namespace {

bool must_not_overlap(const Lifetime& a, const Lifetime& b) {
  return a.kind != b.kind || (a.first <= b.last && b.first <= a.last);
}

class Layout {
 public:
  Layout(std::span<const Lifetime> values, std::int64_t alignment)
      : values_(values), alignment_(alignment) {
    plan_.offsets.assign(values.size(), 0);
  }

  MemoryPlan make() && {
    std::vector<std::size_t> order(values_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return values_[a].size > values_[b].size;
    });
    for (const std::size_t i : order) {
      if (values_[i].size > 0) place(i);
    }
    return std::move(plan_);
  }

 private:
  std::int64_t end_of(std::size_t i) const {
    const std::int64_t end = plan_.offsets[i] + values_[i].size;
    return (end + alignment_ - 1) / alignment_ * alignment_;
  }

  /// In the smallest gap between those that are alive at the same time, or behind them all.
  void place(std::size_t i) {
    std::int64_t offset = -1;
    std::int64_t smallest_gap = INT64_MAX;
    std::int64_t end = 0;
    for (const std::size_t other : placed_) {
      if (!must_not_overlap(values_[i], values_[other])) continue;
      const std::int64_t gap = plan_.offsets[other] - end;
      if (gap >= values_[i].size && gap < smallest_gap) {
        smallest_gap = gap;
        offset = end;
      }
      end = std::max(end, end_of(other));
    }
    plan_.offsets[i] = offset >= 0 ? offset : end;
    plan_.size = std::max(plan_.size, end_of(i));
    const auto behind = std::upper_bound(
        placed_.begin(), placed_.end(), plan_.offsets[i],
        [&](std::int64_t at, std::size_t other) { return at < plan_.offsets[other]; });
    placed_.insert(behind, i);
  }

  std::span<const Lifetime> values_;
  std::int64_t alignment_;
  std::vector<std::size_t> placed_;  // the lowest first
  MemoryPlan plan_;
};

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> values, std::int64_t alignment) {
  return Layout(values, alignment).make();
}

}  // namespace cameo
