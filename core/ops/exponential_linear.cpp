#include "core/ops/exponential_linear.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void ExponentialLinear::values(std::int64_t count, const float* x, float* y) const {
  activation_kernels().unit(unit_, count, x, y);
}

void ExponentialLinear::pulls(std::int64_t count, const float* x, const float* grad,
                              float* dx) const {
  activation_kernels().unit_grad(unit_, count, x, grad, dx);
}

}  // namespace cameo::ops
