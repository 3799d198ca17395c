#define CAMEO_ISA baseline
#define CAMEO_LANES 4
#include "core/cpu/fma_loop.inc"
