#include "core/gemm/panel_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const PanelKernels& panel_kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::panel_kernels, avx2::panel_kernels, avx512::panel_kernels);
#else
  return baseline::panel_kernels;
#endif
}

}  // namespace cameo
