#include "core/gemm/row_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const RowKernels& row_kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::row_kernels, avx2::row_kernels, avx512::row_kernels);
#else
  return baseline::row_kernels;
#endif
}

}  // namespace cameo
