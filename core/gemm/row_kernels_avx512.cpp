#define CAMEO_ISA avx512
#define CAMEO_LANES 16
#include "core/gemm/row_kernels.inc"
