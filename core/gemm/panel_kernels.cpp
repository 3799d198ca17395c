#include "core/gemm/panel_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const PanelKernels& panel_kernels() {
#if defined(__x86_64__)
  return isa() == Isa::kAvx2 ? avx2::panel_kernels : baseline::panel_kernels;
#else
  return baseline::panel_kernels;
#endif
}

}  // namespace cameo
