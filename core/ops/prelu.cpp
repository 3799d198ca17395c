#include "core/ops/prelu.h"

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape PRelu::infer_shape(std::span<const Shape> inputs) const {
  if (broadcast_shape(type(), inputs) != inputs[0]) {
    throw_shape_error(type(), "a slope that broadcasts to " + to_string(inputs[0]),
                      to_string(inputs[1]));
  }
  return inputs[0];
}

Tensor PRelu::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float x, float a) { return x > 0.0F ? x : a * x; });
}

void PRelu::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) {
    const Tensor slope = zip_broadcast(type(), ctx.inputs[0], ctx.inputs[1],
                                       [](float x, float a) { return x > 0.0F ? 1.0F : a; });
    ctx.input_grads[0] = zip(ctx.grad, slope, [](float g, float a) { return g * a; });
  }
  if (ctx.needs[1]) {
    const Tensor product =
        zip(ctx.grad, ctx.inputs[0], [](float g, float x) { return x > 0.0F ? 0.0F : g * x; });
    ctx.input_grads[1] = reduce_to(product, ctx.input_shapes[1]);
  }
}

Reads PRelu::reads(std::span<const bool> needs) const {
  Reads reads{.inputs = {0}};
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
