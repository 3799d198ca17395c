#include "core/ops/celu.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

namespace {

ExponentialUnit unit(const CeluOptions& options) {
  return {.positive = 1.0F, .negative = options.alpha, .width = options.alpha};
}

}  // namespace

void Celu::values(std::int64_t count, const float* x, float* y) const {
  activation_kernels().unit(unit(options_), count, x, y);
}

void Celu::pulls(std::int64_t count, const float* x, const float* grad, float* dx) const {
  activation_kernels().unit_grad(unit(options_), count, x, grad, dx);
}

}  // namespace cameo::ops
