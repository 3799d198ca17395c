#include "core/ops/relu.h"

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Relu::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return inputs[0];
}

// Both comparisons are false for NaN, which therefore passes through and is noticed.
Tensor Relu::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return map(run.take(inputs, 0), [](float v) { return v <= 0.0F ? 0.0F : v; });
}

void Relu::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] =
      zip(ctx.output, ctx.take_grad(), [](float y, float g) { return y <= 0.0F ? 0.0F : g; });
}

Reads Relu::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
