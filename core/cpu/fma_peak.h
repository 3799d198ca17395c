/// What the processor could do at most: the yardstick for kernels.
#pragma once

#include <cstddef>

namespace cameo {

/// Multiply-adds in registers alone, with the instructions of isa(), on `threads` threads at once:
/// GFLOP/s (two a multiply-add), the best of several short runs, a few tens of milliseconds in all.
/// Other work on the processor makes it less. Throws ArgumentError for fewer than 1 thread.
double measure_fma_peak(int threads);

/// One version of the loop per instruction set.
struct FmaLoop {
  std::ptrdiff_t flops_per_round;
  /// Returns a number that depends on every operation, so that none can be left out.
  float (*run)(std::ptrdiff_t rounds);
};
namespace baseline {
extern const FmaLoop fma_loop;
}
namespace avx2 {
extern const FmaLoop fma_loop;
}
namespace avx512 {
extern const FmaLoop fma_loop;
}

}  // namespace cameo
