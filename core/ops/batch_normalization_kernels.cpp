#include "core/ops/batch_normalization_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const BatchNormalizationKernels& batch_normalization_kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::batch_normalization_kernels, avx2::batch_normalization_kernels,
                         avx512::batch_normalization_kernels);
#else
  return baseline::batch_normalization_kernels;
#endif
}

}  // namespace cameo
