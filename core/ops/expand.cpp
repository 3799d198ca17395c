#include "core/ops/expand.h"

#include <array>

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Expand::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return common_shape(type(), std::array{inputs[0], checked_output(type(), options_.shape)});
}

Tensor Expand::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return broadcast_to(inputs[0], infer_shape(shapes_of(inputs)));
}

void Expand::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) ctx.input_grads[0] = reduce_to(ctx.grad, ctx.input_shapes[0]);
}

Reads Expand::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
