#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/gemm/panel_kernels.inc"
