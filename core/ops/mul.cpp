#include "core/ops/mul.h"

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Mul::infer_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(type(), inputs);
}

Tensor Mul::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float a, float b) { return a * b; });
}

void Mul::vjp(const VjpContext& ctx) const {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!ctx.needs[i]) continue;
    const Tensor product =
        zip_part(ctx.grad, ctx.inputs[1 - i], [](float g, float v) { return g * v; });
    ctx.input_grads[i] = reduce_to(product, ctx.input_shapes[i]);
  }
}

Reads Mul::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1]) reads.inputs.push_back(0);
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
