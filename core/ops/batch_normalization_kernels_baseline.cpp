#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/ops/batch_normalization_kernels.inc"
