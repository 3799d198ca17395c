#define CAMEO_ISA avx2
#define CAMEO_LANES 8
#include "core/ops/activation_kernels.inc"
