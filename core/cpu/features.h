/// What this processor can run, for kernels that exist in several versions.
#pragma once

namespace cameo {

/// Instruction sets that kernels are compiled for, weakest first. The baseline is what the compiler
/// assumes of every processor: SSE2 on x86-64, NEON on arm64.
enum class Isa { kBaseline, kAvx2 };

/// The strongest that the processor and the system support, but none above what the environment
/// variable CAMEO_MAX_ISA ("baseline" or "avx2") allows. Read once; thread-safe. Throws LookupError
/// when the variable names no instruction set.
Isa isa();

}  // namespace cameo
