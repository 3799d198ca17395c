/// Memory for values that are not all alive at once, planned before any is computed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cameo {

/// A value's size, and the steps from the one that writes it to the last that reads it, both of
/// which count.
struct Lifetime {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t size = 0;
  std::int64_t kind = 0;  ///< values of different kinds never lie over each other
};

/// In whatever unit sizes have.
struct MemoryPlan {
  std::vector<std::int64_t> offsets{};  ///< in the order of the values
  std::int64_t size = 0;                ///< of all together
};

/// Lays values that are alive at the same step beside each other, others over each other where they
/// fit: the largest first, each in the smallest gap that takes it (Pisarchyk & Lee 2020, "Efficient
/// memory management for deep neural net inference"). Offsets are multiples of `alignment`, and 0
/// for values without a size.
MemoryPlan plan_memory(std::span<const Lifetime> values, std::int64_t alignment);

}  // namespace cameo
