#include "core/ops/depth_to_space.h"

#include "core/ops/blocks.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape DepthToSpace::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return checked_output(type(), unblocked_shape(type(), inputs[0], options_.block));
}

Tensor DepthToSpace::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return channels_to_pixels(inputs[0], options_.block, options_.order);
}

void DepthToSpace::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = pixels_to_channels(ctx.grad, options_.block, options_.order);
}

Reads DepthToSpace::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
