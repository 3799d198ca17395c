// What moves elements without changing them.
#include <algorithm>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/ops/concat.h"
#include "core/ops/expand.h"
#include "core/ops/flatten.h"
#include "core/ops/gather.h"
#include "core/ops/pad.h"
#include "core/ops/slice.h"
#include "core/ops/squeeze.h"
#include "core/ops/transpose.h"
#include "core/ops/unsqueeze.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

/// `axis` as an index into `rank` axes.
std::size_t index_of(const Call& call, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) {
    call.fail("its axis " + std::to_string(axis) + " does not exist; the rank is " +
              std::to_string(rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

/// Dropout as well: inference only.
Values lower_identity(Call& call) { return {&call.input(0)}; }

Values lower_dropout(Call& call) {
  for (const char* const name : {"ratio", "seed", "is_test", "consumed_inputs"}) call.ignore(name);
  if (call.has(2) && call.known_integers(2) != std::vector<std::int64_t>{0}) {
    call.fail("is in training mode");
  }
  return {&call.input(0)};
}

/// An extent of 0 with allowzero is written as -1, whose size is then 0 as well.
Shape without_zeros(const Call& call, const Shape& target, const Shape& input) {
  Shape result = target;
  for (std::int64_t& extent : result) {
    if (extent != 0) continue;
    if (element_count(input) != 0 || std::count(result.begin(), result.end(), -1) > 0) {
      call.fail("its target " + to_string(target) + " does not fit " + to_string(input));
    }
    extent = -1;
  }
  return result;
}

/// The target is an attribute before operator set 5, an input since.
Values lower_reshape(Call& call) {
  call.ignore("consumed_inputs");
  Value& x = call.input(0);
  const bool zero_is_zero = call.integer("allowzero", 0) != 0;
  const Shape attribute = call.integers("shape");
  PerBatch<Shape> targets;
  for (std::size_t s = 0; s < 2; ++s) {
    targets[s] = call.input_count() > 1 ? call.known(1, s).integers() : attribute;
    if (zero_is_zero) targets[s] = without_zeros(call, targets[s], x.shapes[s]);
  }
  return {&call.reshape(x, targets)};
}

Values lower_flatten(Call& call) {
  Value& x = call.input(0);
  const std::int64_t axis = call.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(x.rank());
  return {
      &call.move<ops::Flatten>(ops::FlattenOptions{.axis = axis < 0 ? axis + rank : axis}, {&x})};
}

/// Axes are an attribute before operator set 13, an input since.
std::vector<std::int64_t> axes_of(Call& call) {
  return call.has(1) ? call.known_integers(1) : call.integers("axes");
}

/// Without axes, everything of extent 1 goes; the batch, which may be 1, stays.
Values lower_squeeze(Call& call) {
  Value& x = call.input(0);
  std::vector<std::int64_t> axes = axes_of(call);
  if (axes.empty()) {
    for (std::size_t i = 0; i < x.rank(); ++i) {
      if (x.shapes[0][i] == 1 && x.shapes[1][i] == 1) axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  return {&call.move<ops::Squeeze>(ops::SqueezeOptions{.axes = std::move(axes)}, {&x})};
}

Values lower_unsqueeze(Call& call) {
  return {
      &call.move<ops::Unsqueeze>(ops::UnsqueezeOptions{.axes = axes_of(call)}, {&call.input(0)})};
}

Values lower_transpose(Call& call) {
  return {&call.move<ops::Transpose>(ops::TransposeOptions{.perm = call.integers("perm")},
                                     {&call.input(0)})};
}

Values lower_concat(Call& call) {
  return {
      &call.move<ops::Concat>(ops::ConcatOptions{.axis = call.integer("axis", 1)}, call.inputs())};
}

/// An end that is the batch becomes "to the end"; every other setting is the same for all batches.
std::vector<std::int64_t> slice_ends(const Call& call, const Value& x,
                                     const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> ends = call.known(2, 0).integers();
  const std::vector<std::int64_t>& others = call.known(2, 1).integers();
  for (std::size_t i = 0; i < std::min({ends.size(), others.size(), axes.size()}); ++i) {
    if (ends[i] == others[i]) continue;
    const std::size_t axis = index_of(call, axes[i], x.rank());
    if (ends[i] != x.shapes[0][axis] || others[i] != x.shapes[1][axis]) {
      call.fail("its ends depend on the batch");
    }
    ends[i] = kToTheEnd;
  }
  return ends;
}

/// Starts, ends and axes are attributes before operator set 10, inputs since.
Values lower_slice(Call& call) {
  Value& x = call.input(0);
  ops::SliceOptions options{.starts = call.integers("starts"),
                            .ends = call.integers("ends"),
                            .axes = call.integers("axes"),
                            .steps = {}};
  if (call.has(1)) options.starts = call.known_integers(1);
  if (call.has(3)) options.axes = call.known_integers(3);
  if (options.axes.empty()) {
    options.axes.resize(options.starts.size());
    std::iota(options.axes.begin(), options.axes.end(), 0);
  }
  if (call.has(2)) options.ends = slice_ends(call, x, options.axes);
  if (call.has(4)) options.steps = call.known_integers(4);
  return {&call.move<ops::Slice>(std::move(options), {&x})};
}

/// Equal parts, the last one shorter where the extent is no multiple.
std::vector<std::int64_t> equal_parts(std::int64_t extent, std::size_t count) {
  const auto parts = static_cast<std::int64_t>(count);
  const std::int64_t size = extent / parts + (extent % parts != 0 ? 1 : 0);
  std::vector<std::int64_t> sizes(count, size);
  sizes.back() = extent - size * (parts - 1);
  return sizes;
}

/// The sizes of the parts are an attribute before operator set 13, an input since.
Values lower_split(Call& call) {
  Value& x = call.input(0);
  const std::size_t axis = index_of(call, call.integer("axis", 0), x.rank());
  const std::int64_t extent = x.shapes[0][axis];
  if (extent != x.shapes[1][axis]) call.fail("splits the batch");
  std::vector<std::int64_t> sizes =
      call.has(1) ? call.known_integers(1)
                  : call.integers("split", equal_parts(extent, call.node().outputs.size()));
  if (sizes.size() != call.node().outputs.size()) call.fail("has as many parts as outputs only");
  Values parts;
  std::int64_t start = 0;
  for (const std::int64_t size : sizes) {
    if (size < 0 || size > extent - start) call.fail("its parts do not add up to the extent");
    parts.push_back(&call.move<ops::Slice>(
        ops::SliceOptions{
            .starts = {start}, .ends = {start + size}, .axes = {static_cast<std::int64_t>(axis)}},
        {&x}));
    start += size;
  }
  if (start != extent) call.fail("its parts do not add up to the extent");
  return parts;
}

/// A target extent of 1 keeps the input's, so the batch stays free.
Values lower_expand(Call& call) {
  Value& x = call.input(0);
  Shape target = call.known(1, 0).integers();
  const std::vector<std::int64_t>& other = call.known(1, 1).integers();
  if (target.size() != other.size()) call.fail("its target's rank depends on the batch");
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == other[i]) continue;
    const std::size_t from_end = target.size() - i;
    const bool kept = from_end <= x.rank() && x.shapes[0][x.rank() - from_end] == target[i] &&
                      x.shapes[1][x.rank() - from_end] == other[i];
    if (!kept) call.fail("repeats a value once per picture");
    target[i] = 1;
  }
  return {&call.move<ops::Expand>(ops::ExpandOptions{.shape = std::move(target)}, {&x})};
}

Values lower_gather(Call& call) {
  std::vector<std::int64_t> indices = call.known_integers(1);
  return {&call.move<ops::Gather>(ops::GatherOptions{.axis = call.integer("axis", 0),
                                                     .indices = std::move(indices),
                                                     .indices_shape = call.input(1).shapes[0]},
                                  {&call.input(0)})};
}

/// Pads are an attribute before operator set 11, an input since.
Values lower_pad(Call& call) {
  ops::PadOptions options{.pads = call.integers("pads", call.integers("paddings")),
                          .value = call.number("value", 0.0F)};
  if (call.has(1)) options.pads = call.known_integers(1);
  if (call.has(2)) {
    const std::vector<float> values = call.known_floats(2);
    if (values.size() != 1) call.fail("its value is not one number");
    options.value = values[0];
  }
  const std::string mode = call.text("mode", "constant");
  if (mode == "reflect") options.mode = ops::PadMode::kReflect;
  if (mode == "edge") options.mode = ops::PadMode::kEdge;
  if (mode != "constant" && options.mode == ops::PadMode::kConstant) {
    call.fail("its mode is unknown: " + mode);
  }
  const bool computes = options.mode == ops::PadMode::kConstant;
  const auto op = std::make_shared<ops::Pad>(std::move(options));
  return {&(computes ? call.apply(op, {&call.input(0)}) : call.move(op, {&call.input(0)}))};
}

constexpr OpRow kRows[] = {
    {"Concat", 1, kAnyInputs, lower_concat},
    {"Dropout", 1, 3, lower_dropout},
    {"Expand", 2, 2, lower_expand},
    {"Flatten", 1, 1, lower_flatten},
    {"Gather", 2, 2, lower_gather},
    {"Identity", 1, 1, lower_identity},
    {"Pad", 1, 3, lower_pad},
    {"Reshape", 1, 2, lower_reshape},
    {"Slice", 1, 5, lower_slice},
    {"Split", 1, 2, lower_split},
    {"Squeeze", 1, 2, lower_squeeze},
    {"Transpose", 1, 1, lower_transpose},
    {"Unsqueeze", 1, 2, lower_unsqueeze},
};

}  // namespace

std::span<const OpRow> movement_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
