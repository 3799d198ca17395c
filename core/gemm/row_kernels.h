/// Products of the rows of two matrices, as gradients of weights are, compiled once per instruction
/// set. Neither is packed: what is summed over lies in the lanes of a register.
#pragma once

#include <cstddef>

namespace cameo {

/// `depth` of a product is a multiple of this.
inline constexpr std::ptrdiff_t kRowLanes = 16;

/// C += A·B', A `[rows,depth]`, B `[columns,depth]`, C `[rows,columns]`; strides in floats between
/// rows, nothing needs alignment. Fastest where A stays in the second cache and B's rows are long.
struct RowProduct {
  const float* a;
  std::ptrdiff_t a_stride, rows;
  const float* b;
  std::ptrdiff_t b_stride, columns;
  std::ptrdiff_t depth;
  float* c;
  std::ptrdiff_t c_stride;
};

struct RowKernels {
  void (*multiply)(const RowProduct& product);
};

namespace baseline {
extern const RowKernels row_kernels;
}
namespace avx2 {
extern const RowKernels row_kernels;
}
namespace avx512 {
extern const RowKernels row_kernels;
}

/// Those for this processor.
const RowKernels& row_kernels();

}  // namespace cameo
