#include "core/ops/clip.h"

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Clip::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  if (!(options_.low <= options_.high)) {
    throw_argument_error(type(), "low <= high",
                         std::to_string(options_.low) + " and " + std::to_string(options_.high));
  }
  return inputs[0];
}

Tensor Clip::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return map(run.take(inputs, 0), [low = options_.low, high = options_.high](float v) {
    return v < low ? low : v > high ? high : v;
  });
}

// The output lies strictly between the bounds exactly where the input does.
void Clip::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = zip(ctx.output, ctx.take_grad(),
                           [low = options_.low, high = options_.high](float y, float g) {
                             const float above_low = y <= low ? 0.0F : g;
                             return y >= high ? 0.0F : above_low;
                           });
}

Reads Clip::reads(std::span<const bool>) const { return {.output = true}; }

}  // namespace cameo::ops
