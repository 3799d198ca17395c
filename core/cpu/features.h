/// What this processor can run, for kernels that exist in several versions.
#pragma once

namespace cameo {

/// Instruction sets that kernels are compiled for, weakest first. The baseline is what the compiler
/// assumes of every processor: SSE2 on x86-64, NEON on arm64.
enum class Isa { kBaseline, kAvx2, kAvx512 };

/// The strongest that the processor and the system support, but none above what the environment
/// variable CAMEO_MAX_ISA ("baseline", "avx2" or "avx512") allows. Read once; thread-safe. Throws
/// LookupError when the variable names no instruction set.
Isa isa();

/// The version of a table of kernels that isa() asks for.
template <typename Table>
const Table& version_for_isa(const Table& baseline, const Table& avx2, const Table& avx512) {
  switch (isa()) {
    case Isa::kBaseline:
      return baseline;
    case Isa::kAvx2:
      return avx2;
    case Isa::kAvx512:
      return avx512;
  }
  return baseline;
}

}  // namespace cameo
