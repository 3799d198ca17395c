#include "core/ops/selu.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

namespace {

ExponentialUnit unit(const SeluOptions& options) {
  return {.positive = options.gamma, .negative = options.gamma * options.alpha, .width = 1.0F};
}

}  // namespace

void Selu::values(std::int64_t count, const float* x, float* y) const {
  activation_kernels().unit(unit(options_), count, x, y);
}

void Selu::pulls(std::int64_t count, const float* x, const float* grad, float* dx) const {
  activation_kernels().unit_grad(unit(options_), count, x, grad, dx);
}

}  // namespace cameo::ops
