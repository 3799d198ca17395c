#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/gemm/row_kernels.inc"
