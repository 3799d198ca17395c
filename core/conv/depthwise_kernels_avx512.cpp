// Planes in registers of sixteen floats; the others are runs of eight, for which there are twice as
// many registers as with AVX2.
#define CAMEO_ISA avx512
#define CAMEO_LANES 8
#define CAMEO_PLANE_LANES 16
#include "core/conv/depthwise_kernels.inc"
