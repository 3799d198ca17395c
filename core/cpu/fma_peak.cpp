#include "core/cpu/fma_peak.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/cpu/features.h"
#include "core/error.h"
#include "core/parallel.h"

namespace cameo {

namespace {

const FmaLoop& loop_for_this_processor() {
#if defined(__x86_64__)
  return version_for_isa(baseline::fma_loop, avx2::fma_loop, avx512::fma_loop);
#else
  return baseline::fma_loop;
#endif
}

}  // namespace

double measure_fma_peak(int threads) {
  if (threads < 1) throw ArgumentError("measure_fma_peak: expected at least 1 thread");
  constexpr std::ptrdiff_t kRounds = 1 << 15;
  constexpr int kRuns = 9;
  const FmaLoop& loop = loop_for_this_processor();
  const ThreadLimit limit(threads);
  std::vector<float> results(static_cast<std::size_t>(threads));
  double best = 0.0;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        results[static_cast<std::size_t>(i)] = loop.run(kRounds);
      }
    });
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    const double flops = static_cast<double>(loop.flops_per_round * kRounds) * threads;
    if (results.back() > 0.0F) best = std::max(best, flops / elapsed.count());
  }
  return best * 1e-9;
}

}  // namespace cameo
