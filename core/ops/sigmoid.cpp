#include "core/ops/sigmoid.h"

#include <cmath>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Sigmoid::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return inputs[0];
}

Tensor Sigmoid::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return map(inputs[0], [](float v) {
    const float e = std::exp(-std::fabs(v));
    return v < 0.0F ? e / (1.0F + e) : 1.0F / (1.0F + e);
  });
}

void Sigmoid::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] =
      zip(ctx.output, ctx.take_grad(), [](float y, float g) { return g * y * (1.0F - y); });
}

Reads Sigmoid::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
