#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/ops/activation_kernels.inc"
