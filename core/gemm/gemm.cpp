#include "core/gemm/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace cameo {

namespace {

blasint to_blas(std::int64_t extent) {
  if (extent > std::numeric_limits<blasint>::max()) {
    throw ArgumentError("gemm: extent " + std::to_string(extent) + " is too large for BLAS");
  }
  return static_cast<blasint>(extent);
}

/// Parallelism is cameo's own (core/parallel.h), so OpenBLAS stays single-threaded in this process.
void use_one_blas_thread() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

void gemm(const GemmArgs& args) {
  if (args.m == 0 || args.n == 0) return;
  use_one_blas_thread();
  cblas_sgemm(CblasRowMajor, args.transpose_a ? CblasTrans : CblasNoTrans,
              args.transpose_b ? CblasTrans : CblasNoTrans, to_blas(args.m), to_blas(args.n),
              to_blas(args.k), 1.0F, args.a, to_blas(std::max<std::int64_t>(args.lda, 1)), args.b,
              to_blas(std::max<std::int64_t>(args.ldb, 1)), args.beta, args.c, to_blas(args.ldc));
}

}  // namespace cameo
