#include "core/ops/pow.h"

#include <cmath>
#include <functional>

#include "core/ops/broadcast.h"

namespace cameo::ops {

Shape Pow::infer_shape(std::span<const Shape> inputs) const {
  return broadcast_shape(type(), inputs);
}

Tensor Pow::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return zip_broadcast(type(), run.take(inputs, 0), run.take(inputs, 1),
                       [](float x, float y) { return std::pow(x, y); });
}

void Pow::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) {
    const Tensor slope = zip_broadcast(type(), ctx.inputs[0], ctx.inputs[1], [](float x, float y) {
      return y == 0.0F ? 0.0F : y * std::pow(x, y - 1.0F);
    });
    ctx.input_grads[0] =
        reduce_to(zip(ctx.grad, slope, std::multiplies<float>()), ctx.input_shapes[0]);
  }
  if (ctx.needs[1]) {
    const Tensor base = broadcast_to(ctx.inputs[0], ctx.grad.shape());
    const Tensor slope = zip(base, ctx.output, [](float x, float power) {
      return x == 0.0F ? 0.0F : power * std::log(x);
    });
    ctx.input_grads[1] =
        reduce_to(zip(ctx.grad, slope, std::multiplies<float>()), ctx.input_shapes[1]);
  }
}

Reads Pow::reads(std::span<const bool> needs) const {
  Reads reads{.inputs = {0}, .output = needs[1]};
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
