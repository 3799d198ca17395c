#include "core/ops/exp.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void Exp::values(std::int64_t count, const float* x, float* y) {
  activation_kernels().exp(count, x, y);
}

}  // namespace cameo::ops
