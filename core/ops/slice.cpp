#include "core/ops/slice.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/ops/box.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

/// The elements of one axis that a slice takes.
struct Range {
  std::int64_t first, step, count;
};

/// NumPy's rules for start:end:step over an axis of `extent`.
Range range_for(std::int64_t extent, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (start < 0) start += extent;
  if (end < 0) end += extent;
  // A step past the end takes one element; cutting it keeps the arithmetic in range.
  const std::int64_t furthest = std::max<std::int64_t>(extent, 1);
  step = std::clamp(step, -furthest, furthest);
  if (step > 0) {
    start = std::clamp<std::int64_t>(start, 0, extent);
    end = std::clamp<std::int64_t>(end, 0, extent);
    return {.first = start, .step = step, .count = end > start ? (end - start - 1) / step + 1 : 0};
  }
  start = std::clamp<std::int64_t>(start, -1, extent - 1);
  end = std::clamp<std::int64_t>(end, -1, extent - 1);
  return {.first = start, .step = step, .count = start > end ? (start - end - 1) / -step + 1 : 0};
}

/// The slice as a box of the input.
struct Taken {
  Shape extents;
  BoxView view;
};

Taken taken_part(const SliceOptions& options, const Shape& input) {
  constexpr std::string_view kOp = "Slice";
  const std::size_t count = options.starts.size();
  if (options.ends.size() != count || (!options.axes.empty() && options.axes.size() != count) ||
      (!options.steps.empty() && options.steps.size() != count) || count > input.size()) {
    throw_argument_error(kOp, "as many starts, ends, axes and steps, at most one per axis",
                         std::to_string(count) + " starts, " + std::to_string(options.ends.size()) +
                             " ends, " + std::to_string(options.axes.size()) + " axes, " +
                             std::to_string(options.steps.size()) + " steps for rank " +
                             std::to_string(input.size()));
  }
  Taken taken{.extents = checked_output(kOp, input),
              .view = {.first = Shape(input.size(), 0),
                       .steps = std::vector<std::int64_t>(input.size(), 1)}};
  std::vector<bool> seen(input.size(), false);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t named =
        options.axes.empty() ? static_cast<std::int64_t>(i) : options.axes[i];
    const std::size_t axis = checked_axis(kOp, named, input.size());
    const std::int64_t step = options.steps.empty() ? 1 : options.steps[i];
    if (seen[axis]) throw_argument_error(kOp, "each axis once", "axis " + std::to_string(named));
    if (step == 0) throw_argument_error(kOp, "a step other than 0", "0");
    seen[axis] = true;
    const Range range = range_for(input[axis], options.starts[i], options.ends[i], step);
    taken.extents[axis] = range.count;
    taken.view.first[axis] = range.first;
    taken.view.steps[axis] = range.step;
  }
  return taken;
}

/// Where a part that lies in one piece of memory begins: steps of 1, one element of each axis
/// before that which is cut, and the axes behind it whole.
std::optional<std::int64_t> contiguous_part(const Taken& taken, const Shape& input) {
  std::int64_t first = 0;
  bool whole_so_far = true;
  std::int64_t size = 1;
  for (std::size_t axis = input.size(); axis-- > 0;) {
    const bool whole = taken.extents[axis] == input[axis] && taken.view.steps[axis] == 1;
    if (!whole_so_far && taken.extents[axis] != 1) return std::nullopt;
    if (taken.view.steps[axis] != 1 && taken.extents[axis] != 1) return std::nullopt;
    whole_so_far = whole_so_far && whole;
    first += taken.view.first[axis] * size;
    size *= input[axis];
  }
  return element_count(taken.extents) > 0 ? std::optional(first) : std::nullopt;
}

BoxView whole(const Shape& shape) { return {.first = Shape(shape.size(), 0), .steps = {}}; }

}  // namespace

Shape Slice::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return taken_part(options_, inputs[0]).extents;
}

Tensor Slice::forward(std::span<const Tensor> inputs, const RunContext&) const {
  check_input_count(type(), shapes_of(inputs), 1, 1);
  const Taken taken = taken_part(options_, inputs[0].shape());
  if (const std::optional<std::int64_t> first = contiguous_part(taken, inputs[0].shape())) {
    const auto owner = std::make_shared<const Tensor>(inputs[0]);
    return Tensor::view_of(taken.extents, {owner, owner->data().data() + *first});
  }
  Tensor y = Tensor::uninitialized(taken.extents);
  copy_box(taken.extents, inputs[0], taken.view, y, whole(taken.extents));
  return y;
}

void Slice::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const Taken taken = taken_part(options_, ctx.input_shapes[0]);
  ctx.input_grads[0] = Tensor(ctx.input_shapes[0]);
  copy_box(taken.extents, ctx.grad, whole(taken.extents), ctx.input_grads[0], taken.view);
}

Reads Slice::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
