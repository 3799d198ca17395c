#include "core/ops/leaky_relu.h"

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape LeakyRelu::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return inputs[0];
}

Tensor LeakyRelu::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return map(run.take(inputs, 0),
             [slope = options_.slope](float v) { return v > 0.0F ? v : slope * v; });
}

// The output's sign would do only for positive slopes, so this reads the input.
void LeakyRelu::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] =
      zip(ctx.inputs[0], ctx.take_grad(),
          [slope = options_.slope](float x, float g) { return x > 0.0F ? g : slope * g; });
}

Reads LeakyRelu::reads(std::span<const bool>) const { return {.inputs = {0}}; }

}  // namespace cameo::ops
