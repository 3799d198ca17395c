#include "core/ops/softmax.h"

#include "core/ops/lines.h"

namespace cameo::ops {

Shape Softmax::infer_shape(std::span<const Shape> inputs) const {
  return check_lines(type(), inputs, options_.axis);
}

Tensor Softmax::forward(std::span<const Tensor> inputs, const RunContext&) const {
  Tensor y = Tensor::uninitialized(infer_shape(shapes_of(inputs)));
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  for_each_line(y.shape(), checked_axis(type(), options_.axis, y.rank()), [&](const Line& line) {
    const double log_sum = log_sum_exp(x, line);
    for (std::int64_t i = 0; i < line.count; ++i) {
      const std::int64_t at = line.at(i);
      out[at] = static_cast<float>(std::exp(static_cast<double>(x[at]) - log_sum));
    }
  });
  return y;
}

// dx = y · (g - sum(g·y))
void Softmax::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  Tensor dx = Tensor::uninitialized(ctx.input_shapes[0]);
  const float* y = ctx.output.data().data();
  const float* grad = ctx.grad.data().data();
  float* out = dx.mutable_data().data();
  for_each_line(dx.shape(), checked_axis(type(), options_.axis, dx.rank()), [&](const Line& line) {
    double dot = 0.0;
    for (std::int64_t i = 0; i < line.count; ++i) {
      dot += static_cast<double>(grad[line.at(i)]) * static_cast<double>(y[line.at(i)]);
    }
    for (std::int64_t i = 0; i < line.count; ++i) {
      const std::int64_t at = line.at(i);
      out[at] =
          static_cast<float>(static_cast<double>(y[at]) * (static_cast<double>(grad[at]) - dot));
    }
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads Softmax::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
