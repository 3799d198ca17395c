#include "core/ops/tanh.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void Tanh::values(std::int64_t count, const float* x, float* y) {
  activation_kernels().tanh(count, x, y);
}

}  // namespace cameo::ops
