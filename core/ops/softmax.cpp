#include "core/ops/softmax.h"

#include "core/ops/lines.h"

namespace cameo::ops {

Shape Softmax::infer_shape(std::span<const Shape> inputs) const {
  return check_lines(type(), inputs, options_.axis);
}

Tensor Softmax::forward(std::span<const Tensor> inputs, const RunContext&) const {
  static_cast<void>(infer_shape(shapes_of(inputs)));
  const std::size_t axis = checked_axis(type(), options_.axis, inputs[0].rank());
  return map_with_log_sum(inputs[0], axis,
                          [](double x, double log_sum) { return std::exp(x - log_sum); });
}

// dx = y · (g - sum(g·y))
void Softmax::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = zip_with_line_sum(
      ctx.output, ctx.grad, checked_axis(type(), options_.axis, ctx.output.rank()),
      [](double y, double g) { return g * y; },
      [](double y, double g, double dot) { return y * (g - dot); });
}

Reads Softmax::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
