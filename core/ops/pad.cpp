#include "core/ops/pad.h"

#include <algorithm>

#include "core/ops/box.h"
#include "core/ops/check.h"
#include "core/ops/take.h"

namespace cameo::ops {

namespace {

/// The part of the input that survives, seen in the input and in the output.
struct Kept {
  Shape extents;
  BoxView in_input;
  BoxView in_output;
};

Kept kept_part(const std::vector<std::int64_t>& pads, const Shape& input) {
  Kept kept;
  const std::size_t rank = input.size();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t cut_before = std::max<std::int64_t>(-pads[axis], 0);
    const std::int64_t cut_after = std::max<std::int64_t>(-pads[rank + axis], 0);
    kept.extents.push_back(input[axis] - cut_before - cut_after);
    kept.in_input.first.push_back(cut_before);
    kept.in_output.first.push_back(std::max<std::int64_t>(pads[axis], 0));
  }
  return kept;
}

/// The input elements along an axis that an output with reflected or repeated edges shows.
std::vector<std::int64_t> shown(const PadOptions& options, const Shape& input, std::size_t axis) {
  const std::int64_t last = input[axis] - 1;
  const std::int64_t end = input[axis] + options.pads[input.size() + axis];
  std::vector<std::int64_t> indices;
  for (std::int64_t i = -options.pads[axis]; i < end; ++i) {
    if (options.mode == PadMode::kEdge) {
      indices.push_back(std::clamp<std::int64_t>(i, 0, last));
    } else {
      indices.push_back(i < 0 ? -i : i > last ? 2 * last - i : i);
    }
  }
  return indices;
}

bool padded(const PadOptions& options, std::size_t rank, std::size_t axis) {
  return options.pads[axis] != 0 || options.pads[rank + axis] != 0;
}

/// Throws unless the edges can be repeated or mirrored as far as `pads` asks.
void check_edges(const PadOptions& options, const Shape& input, std::size_t axis) {
  const std::int64_t most = std::max(options.pads[axis], options.pads[input.size() + axis]);
  const bool fits = options.mode == PadMode::kReflect ? most < input[axis] : input[axis] > 0;
  if (most > 0 && !fits) {
    throw_shape_error("Pad",
                      "an extent that can be extended by " + std::to_string(most) + " at axis " +
                          std::to_string(axis),
                      to_string(input));
  }
}

}  // namespace

Shape Pad::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Shape input = checked_output(type(), inputs[0]);
  const std::size_t rank = input.size();
  const std::vector<std::int64_t>& pads = options_.pads;
  if (pads.size() != 2 * rank) {
    throw_argument_error(type(), std::to_string(2 * rank) + " pads", std::to_string(pads.size()));
  }
  Shape result = input;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t before = pads[axis];
    const std::int64_t after = pads[rank + axis];
    std::int64_t kept = 0;  // what cropping leaves; padding comes on top
    if (__builtin_add_overflow(input[axis], std::min<std::int64_t>(before, 0), &kept) ||
        __builtin_add_overflow(kept, std::min<std::int64_t>(after, 0), &kept) || kept < 0 ||
        __builtin_add_overflow(kept, std::max<std::int64_t>(before, 0), &result[axis]) ||
        __builtin_add_overflow(result[axis], std::max<std::int64_t>(after, 0), &result[axis])) {
      throw_shape_error(type(),
                        "an extent that " + std::to_string(before) + " before and " +
                            std::to_string(after) + " after axis " + std::to_string(axis) +
                            " leave representable",
                        std::to_string(input[axis]));
    }
    if (options_.mode != PadMode::kConstant) check_edges(options_, input, axis);
  }
  return checked_output(type(), std::move(result));
}

Tensor Pad::forward(std::span<const Tensor> inputs, const RunContext&) const {
  if (options_.mode != PadMode::kConstant) {
    Tensor y = inputs[0];
    for (std::size_t axis = 0; axis < y.rank(); ++axis) {
      if (!padded(options_, y.rank(), axis)) continue;
      y = take(y, axis, shown(options_, inputs[0].shape(), axis));
    }
    return y;
  }
  Tensor y(infer_shape(shapes_of(inputs)), options_.value);
  const Kept kept = kept_part(options_.pads, inputs[0].shape());
  copy_box(kept.extents, inputs[0], kept.in_input, y, kept.in_output);
  return y;
}

void Pad::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  if (options_.mode != PadMode::kConstant) {
    const Shape& shape = ctx.input_shapes[0];
    ctx.input_grads[0] = ctx.grad;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (!padded(options_, shape.size(), axis)) continue;
      ctx.input_grads[0] = put(ctx.input_grads[0], axis, shown(options_, shape, axis), shape[axis]);
    }
    return;
  }
  ctx.input_grads[0] = Tensor(ctx.input_shapes[0]);
  const Kept kept = kept_part(options_.pads, ctx.input_shapes[0]);
  copy_box(kept.extents, ctx.grad, kept.in_output, ctx.input_grads[0], kept.in_input);
}

Reads Pad::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
