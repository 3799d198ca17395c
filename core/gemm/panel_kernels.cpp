#include "core/gemm/panel_kernels.h"

#include "core/cpu/features.h"

namespace cameo {

const PanelKernels& panel_kernels() {
#if defined(__x86_64__)
  static const PanelKernels& chosen =
      isa() == Isa::kAvx2 ? avx2::panel_kernels : baseline::panel_kernels;
  return chosen;
#else
  return baseline::panel_kernels;
#endif
}

}  // namespace cameo
