#include "core/ops/div.h"

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Div::infer_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(type(), inputs);
}

Tensor Div::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float a, float b) { return a / b; });
}

void Div::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0] && !ctx.needs[1]) return;
  const Tensor divisor = broadcast_to(ctx.inputs[1], ctx.grad.shape());
  const Tensor share = zip(ctx.grad, divisor, [](float g, float b) { return g / b; });
  if (ctx.needs[0]) ctx.input_grads[0] = reduce_to(share, ctx.input_shapes[0]);
  if (ctx.needs[1]) {
    const Tensor loss = zip(share, ctx.output, [](float s, float y) { return -s * y; });
    ctx.input_grads[1] = reduce_to(loss, ctx.input_shapes[1]);
  }
}

Reads Div::reads(std::span<const bool> needs) const { return {.inputs = {1}, .output = needs[1]}; }

}  // namespace cameo::ops
