#define CAMEO_ISA avx2
#define CAMEO_LANES 8
#define CAMEO_PLANE_LANES 8
#include "core/conv/depthwise_kernels.inc"
