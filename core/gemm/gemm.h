/// Row-major single-precision matrix product behind one function.
#pragma once

#include <cstdint>

namespace cameo {

/// C = op(A)·op(B) + beta·C with op(A) `[m,k]`, op(B) `[k,n]`, C `[m,n]`, all row-major.
struct GemmArgs {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  const float* a = nullptr;
  std::int64_t lda = 0;  ///< elements between rows of A as stored
  bool transpose_a = false;
  const float* b = nullptr;
  std::int64_t ldb = 0;
  bool transpose_b = false;
  float* c = nullptr;
  std::int64_t ldc = 0;
  float beta = 0.0F;  ///< 0 overwrites C without reading it
};

/// Runs in the calling thread alone and may be called from many threads at once. Throws
/// ArgumentError when an extent is beyond what the BLAS library counts with.
void gemm(const GemmArgs& args);

/// The same product through parallel_for, cut into tiles of C that the extents alone decide, so
/// that the bits do not depend on the thread count.
void parallel_gemm(const GemmArgs& args);

}  // namespace cameo
