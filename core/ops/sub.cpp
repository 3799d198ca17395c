#include "core/ops/sub.h"

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Sub::infer_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(type(), inputs);
}

Tensor Sub::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float a, float b) { return a - b; });
}

void Sub::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) ctx.input_grads[0] = reduce_to(ctx.grad, ctx.input_shapes[0]);
  if (ctx.needs[1]) {
    const Tensor negative = map(ctx.take_grad(), [](float g) { return -g; });
    ctx.input_grads[1] = reduce_to(negative, ctx.input_shapes[1]);
  }
}

Reads Sub::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
