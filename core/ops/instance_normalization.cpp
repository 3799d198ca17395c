#include "core/ops/instance_normalization.h"

#include <array>

#include "core/ops/batch_normalization.h"
#include "core/ops/broadcast.h"

namespace cameo::ops {

namespace {

/// Every channel of every picture as a channel of one picture, which batch normalisation in
/// training treats by itself.
Shape one_picture(const Shape& x) {
  return {1, x[0] * x[1], x[0] * x[1] == 0 ? 0 : element_count(x) / (x[0] * x[1])};
}

/// `[C]` once for every picture.
Tensor repeated(const Tensor& values, const Shape& x) {
  return values.defined() ? broadcast_to(values, {x[0], x[1]}).reshaped({x[0] * x[1]}) : Tensor();
}

BatchNormalization by_batch(const InstanceNormalizationOptions& options) {
  return BatchNormalization({.epsilon = options.epsilon});
}

}  // namespace

Shape InstanceNormalization::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 3, 3);
  const Shape& x = inputs[0];
  if (x.size() < 2) throw_shape_error(type(), "an input [N,C,...]", to_string(x));
  check_shape(type(), "a scale", inputs[1], {x[1]});
  check_shape(type(), "a bias", inputs[2], {x[1]});
  return checked_output(type(), x);
}

Tensor InstanceNormalization::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  const Shape& shape = inputs[0].shape();
  const Tensor unused(Shape{shape[0] * shape[1]});
  return by_batch(options_)
      .forward(std::array{inputs[0].reshaped(one_picture(shape)), repeated(inputs[1], shape),
                          repeated(inputs[2], shape), unused, unused},
               {.training = true, .residuals = run.residuals})
      .reshaped(shape);
}

void InstanceNormalization::vjp(const VjpContext& ctx) const {
  const Shape& shape = ctx.input_shapes[0];
  const Shape channels{shape[0] * shape[1]};
  const std::array<Tensor, 5> inputs{Tensor(), repeated(ctx.inputs[1], shape), Tensor(), Tensor(),
                                     Tensor()};
  const std::array shapes{one_picture(shape), channels, channels, channels, channels};
  const std::array needs{ctx.needs[0], ctx.needs[1], ctx.needs[2], false, false};
  std::array<Tensor, 5> grads;
  by_batch(options_).vjp({.inputs = inputs,
                          .input_shapes = shapes,
                          .output = ctx.output,
                          .residuals = ctx.residuals,
                          .grad = ctx.grad.reshaped(one_picture(shape)),
                          .needs = needs,
                          .input_grads = grads});
  if (ctx.needs[0]) ctx.input_grads[0] = grads[0].reshaped(shape);
  for (std::size_t i = 1; i < 3; ++i) {
    if (!ctx.needs[i]) continue;
    ctx.input_grads[i] = reduce_to(grads[i].reshaped({shape[0], shape[1]}), ctx.input_shapes[i]);
  }
}

Reads InstanceNormalization::reads(std::span<const bool> needs) const {
  if (needs[0]) return {.inputs = {1}};
  return {};
}

}  // namespace cameo::ops
