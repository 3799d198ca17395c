#include "core/ops/gather.h"

#include "core/ops/check.h"
#include "core/ops/take.h"

namespace cameo::ops {

namespace {

/// The indices counted from the front.
std::vector<std::int64_t> checked_indices(const GatherOptions& options, std::int64_t extent) {
  std::vector<std::int64_t> indices = options.indices;
  for (std::int64_t& index : indices) {
    if (index < -extent || index >= extent) {
      throw_shape_error("Gather", "an axis that has the index " + std::to_string(index),
                        "extent " + std::to_string(extent));
    }
    if (index < 0) index += extent;
  }
  return indices;
}

}  // namespace

Shape Gather::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const std::size_t axis = checked_axis(type(), options_.axis, inputs[0].size());
  const Shape& replaced = options_.indices_shape;
  if (element_count(checked_output(type(), replaced)) !=
      static_cast<std::int64_t>(options_.indices.size())) {
    throw_argument_error(type(), "as many indices as " + to_string(replaced) + " has",
                         std::to_string(options_.indices.size()));
  }
  static_cast<void>(checked_indices(options_, inputs[0][axis]));
  Shape result = inputs[0];
  const auto at = result.erase(result.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(at, replaced.begin(), replaced.end());
  return checked_output(type(), std::move(result));
}

Tensor Gather::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const Shape shape = infer_shape(shapes_of(inputs));
  const std::size_t axis = checked_axis(type(), options_.axis, inputs[0].rank());
  return take(inputs[0], axis, checked_indices(options_, inputs[0].dim(axis))).reshaped(shape);
}

void Gather::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  Shape taken = ctx.input_shapes[0];
  const std::size_t axis = checked_axis(type(), options_.axis, taken.size());
  const std::int64_t extent = taken[axis];
  taken[axis] = static_cast<std::int64_t>(options_.indices.size());
  ctx.input_grads[0] =
      put(ctx.grad.reshaped(taken), axis, checked_indices(options_, extent), extent);
}

Reads Gather::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
