#include "core/ops/sigmoid.h"

#include "core/ops/activation_kernels.h"

namespace cameo::ops {

void Sigmoid::values(std::int64_t count, const float* x, float* y) {
  activation_kernels().sigmoid(count, x, y);
}

}  // namespace cameo::ops
