#define CAMEO_ISA avx512
#define CAMEO_LANES 16
#include "core/ops/activation_kernels.inc"
