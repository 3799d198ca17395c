#define CAMEO_ISA avx512
#define CAMEO_LANES 16
#include "core/ops/batch_normalization_kernels.inc"
