#include "core/ops/activation_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const ActivationKernels& activation_kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::activation_kernels, avx2::activation_kernels,
                         avx512::activation_kernels);
#else
  return baseline::activation_kernels;
#endif
}

}  // namespace cameo
