#include "core/ops/tanh.h"

#include <cmath>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Tanh::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return inputs[0];
}

Tensor Tanh::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return map(inputs[0], [](float v) { return std::tanh(v); });
}

void Tanh::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = zip(ctx.output, ctx.take_grad(),
                           [](float y, float g) { return g * (1.0F - y) * (1.0F + y); });
}

Reads Tanh::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
