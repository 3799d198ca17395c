#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#define CAMEO_PLANE_LANES 4
#include "core/conv/depthwise_kernels.inc"
