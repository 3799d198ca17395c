/// What a small file may cost its reader at most, whatever it says: a second and 100 MB.
#pragma once

#include <catch2/catch.hpp>
#include <ctime>

#include "tests/zoo/checkpoints/peak_memory.h"

namespace cameo::zoo {

/// Counts from its making.
class ReadingCost {
 public:
  /// Fails the test where the cost is too high. Time is the processor's, which other processes do
  /// not lengthen; sanitizers lengthen it tenfold and keep memory of their own.
  void check() const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr double kMostSeconds = 10.0;
#else
    constexpr double kMostSeconds = 1.0;
#endif
    constexpr std::int64_t kMostMemory = 100;  // MiB
    CHECK(static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC < kMostSeconds);
    if (const auto risen = memory_.risen()) CHECK(*risen < kMostMemory);
  }

 private:
  PeakMemory memory_;
  std::clock_t start_ = std::clock();
};

}  // namespace cameo::zoo
