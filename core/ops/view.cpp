#include "core/ops/view.h"

#include "core/ops/check.h"

namespace cameo::ops {

Tensor View::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return inputs[0].reshaped(infer_shape(shapes_of(inputs)));
}

void View::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) ctx.input_grads[0] = ctx.grad.reshaped(ctx.input_shapes[0]);
}

Reads View::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
