#include "core/ops/erf.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void Erf::values(std::int64_t count, const float* x, float* y) {
  activation_kernels().erf(count, x, y);
}

void Erf::pulls(std::int64_t count, const float* x, const float* grad, float* dx) {
  activation_kernels().erf_grad(count, x, grad, dx);
}

}  // namespace cameo::ops
