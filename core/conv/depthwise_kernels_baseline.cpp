#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/conv/depthwise_kernels.inc"
