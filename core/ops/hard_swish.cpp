#include "core/ops/hard_swish.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void HardSwish::values(std::int64_t count, const float* x, float* y) {
  activation_kernels().hard_swish(count, x, y);
}

void HardSwish::pulls(std::int64_t count, const float* x, const float* grad, float* dx) {
  activation_kernels().hard_swish_grad(count, x, grad, dx);
}

}  // namespace cameo::ops
