/// The shape that ops of one input share which treat each element alone.
#pragma once

#include "core/elementwise.h"
#include "core/op.h"

namespace cameo::ops {

/// Throws ShapeError unless there is one input.
Shape unary_shape(std::string_view op, std::span<const Shape> inputs);

/// What the derivative of an element-wise function is computed from.
enum class SlopeOf { kInput, kOutput, kNeither };

/// y = f(x), element by element. `Function` derives from this and has two members,
/// `float value(float x) const` and `float pull(float v, float g) const`, the gradient g times the
/// derivative of f where the input or the output, whichever `kSlope` names, is v. Members of
/// `Function` named values() or pulls() replace those below and the need for value() or pull().
template <typename Function, SlopeOf kSlope>
class Unary : public Op {
 public:
  Shape infer_shape(std::span<const Shape> inputs) const override {
    return unary_shape(type(), inputs);
  }

  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override {
    return map_pieces(run.take(inputs, 0), [f = self()](std::int64_t count, const float* x,
                                                        float* y) { f->values(count, x, y); });
  }

  void vjp(const VjpContext& ctx) const override {
    if (!ctx.needs[0]) return;
    if constexpr (kSlope == SlopeOf::kNeither) {
      ctx.input_grads[0] = map(ctx.take_grad(), [f = self()](float g) { return f->pull(g, g); });
    } else {
      const Tensor& known = kSlope == SlopeOf::kInput ? ctx.inputs[0] : ctx.output;
      ctx.input_grads[0] =
          zip_pieces(known, ctx.take_grad(),
                     [f = self()](std::int64_t count, const float* v, const float* g, float* dx) {
                       f->pulls(count, v, g, dx);
                     });
    }
  }

  Reads reads(std::span<const bool>) const override {
    if constexpr (kSlope == SlopeOf::kInput) return {.inputs = {0}};
    return {.output = kSlope == SlopeOf::kOutput};
  }

  /// y = f(x)
  void values(std::int64_t count, const float* x, float* y) const {
    for (std::int64_t i = 0; i < count; ++i) y[i] = self()->value(x[i]);
  }
  /// dx = pull(v, g), which may lie where g does.
  void pulls(std::int64_t count, const float* v, const float* g, float* dx) const {
    for (std::int64_t i = 0; i < count; ++i) dx[i] = self()->pull(v[i], g[i]);
  }

 private:
  const Function* self() const { return static_cast<const Function*>(this); }
};

}  // namespace cameo::ops
