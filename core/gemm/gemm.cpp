#include "core/gemm/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <string>

#include "core/error.h"
#include "core/parallel.h"

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

CBLAS_TRANSPOSE transposed(bool flag) { return flag ? CblasTrans : CblasNoTrans; }

/// y += op(M)·x, M stored `[rows,columns]`: sgemm would pack all of M for a single vector.
struct MatrixVector {
  const float* matrix;
  std::int64_t rows, columns, stride;
  bool transpose;
  const float* x;
  std::int64_t x_step;
  float* y;
  std::int64_t y_step;
};

void multiply(const MatrixVector& v) {
  cblas_sgemv(CblasRowMajor, transposed(v.transpose), to_blas(v.rows), to_blas(v.columns), 1.0F,
              v.matrix, to_blas(v.stride), v.x, to_blas(v.x_step), 1.0F, v.y, to_blas(v.y_step));
}

/// C = beta·C
void scale(const GemmArgs& args) {
  for (std::int64_t i = 0; i < args.m; ++i) {
    float* row = args.c + i * args.ldc;
    if (args.beta == 0.0F) {
      std::fill_n(row, args.n, 0.0F);
    } else if (args.beta != 1.0F) {
      std::for_each(row, row + args.n, [&](float& value) { value *= args.beta; });
    }
  }
}

}  // namespace

void gemm(const GemmArgs& args) {
  if (args.m == 0 || args.n == 0) return;
  if (args.k == 0) return scale(args);
  use_one_blas_thread();
  if (args.m == 1) {
    scale(args);
    return multiply({.matrix = args.b,
                     .rows = args.transpose_b ? args.n : args.k,
                     .columns = args.transpose_b ? args.k : args.n,
                     .stride = args.ldb,
                     .transpose = !args.transpose_b,
                     .x = args.a,
                     .x_step = args.transpose_a ? args.lda : 1,
                     .y = args.c,
                     .y_step = 1});
  }
  if (args.n == 1) {
    scale(args);
    return multiply({.matrix = args.a,
                     .rows = args.transpose_a ? args.k : args.m,
                     .columns = args.transpose_a ? args.m : args.k,
                     .stride = args.lda,
                     .transpose = args.transpose_a,
                     .x = args.b,
                     .x_step = args.transpose_b ? 1 : args.ldb,
                     .y = args.c,
                     .y_step = args.ldc});
  }
  cblas_sgemm(CblasRowMajor, transposed(args.transpose_a), transposed(args.transpose_b),
              to_blas(args.m), to_blas(args.n), to_blas(args.k), 1.0F, args.a, to_blas(args.lda),
              args.b, to_blas(args.ldb), args.beta, args.c, to_blas(args.ldc));
}

void parallel_gemm(const GemmArgs& args) {
  constexpr std::int64_t kSmall = std::int64_t{1} << 18;  // products that one thread does in ~10 us
  constexpr std::int64_t kTileRows = 128;
  constexpr std::int64_t kTileColumns = 512;
  if (args.m == 0 || args.n == 0 || args.k == 0 || args.m * args.n < kSmall / args.k) {
    return gemm(args);
  }
  const std::int64_t row_tiles = (args.m + kTileRows - 1) / kTileRows;
  const std::int64_t column_tiles = (args.n + kTileColumns - 1) / kTileColumns;
  parallel_for(row_tiles * column_tiles, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t row = args.m * (i / column_tiles) / row_tiles;
      const std::int64_t column = args.n * (i % column_tiles) / column_tiles;
      GemmArgs tile = args;
      tile.m = args.m * (i / column_tiles + 1) / row_tiles - row;
      tile.n = args.n * (i % column_tiles + 1) / column_tiles - column;
      tile.a += args.transpose_a ? row : row * args.lda;
      tile.b += args.transpose_b ? column * args.ldb : column;
      tile.c += row * args.ldc + column;
      gemm(tile);
    }
  });
}

}  // namespace cameo
