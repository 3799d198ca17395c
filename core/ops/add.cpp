#include "core/ops/add.h"

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Add::infer_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(type(), inputs);
}

Tensor Add::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float a, float b) { return a + b; });
}

void Add::vjp(const VjpContext& ctx) const {
  for (std::size_t i = 0; i < 2; ++i) {
    if (ctx.needs[i]) ctx.input_grads[i] = reduce_to(ctx.grad, ctx.input_shapes[i]);
  }
}

Reads Add::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
