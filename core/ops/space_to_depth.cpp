#include "core/ops/space_to_depth.h"

#include "core/ops/blocks.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape SpaceToDepth::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return checked_output(type(), blocked_shape(type(), inputs[0], options_.block));
}

Tensor SpaceToDepth::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return pixels_to_channels(inputs[0], options_.block, DepthOrder::kBlockFirst);
}

void SpaceToDepth::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = channels_to_pixels(ctx.grad, options_.block, DepthOrder::kBlockFirst);
}

Reads SpaceToDepth::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
