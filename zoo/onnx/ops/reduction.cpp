// Reductions.
#include <algorithm>

#include "core/error.h"
#include "core/ops/flatten.h"
#include "core/ops/global_average_pool.h"
#include "zoo/onnx/evaluate.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// The axes of a reduction; all of them when none is named.
std::vector<std::int64_t> reduced_axes(Call& call) {
  const auto rank = static_cast<std::int64_t>(call.input(0).rank());
  std::vector<std::int64_t> axes = call.integers("axes");
  for (std::int64_t& axis : axes) {
    if (axis < -rank || axis >= rank)
      call.fail("its axis " + std::to_string(axis) + " does not exist");
    if (axis < 0) axis += rank;
  }
  if (axes.empty()) {
    for (std::int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

/// Over height and width it is global average pooling, which explanations know.
Values lower_reduce_mean(Call& call) {
  const std::vector<std::int64_t> axes = reduced_axes(call);
  const bool keep = call.integer("keepdims", 1) != 0;
  Value& x = call.input(0);
  if (x.rank() == 4 && axes == std::vector<std::int64_t>{2, 3}) {
    Value& pooled = call.apply(std::make_shared<ops::GlobalAveragePool>(), {&x});
    return {keep ? &pooled : &call.apply<ops::Flatten>(ops::FlattenOptions{}, {&pooled})};
  }
  call.fail("is only supported over height and width");
}

/// Of a known shape.
Values lower_reduce_prod(Call& call) {
  const std::vector<std::int64_t> axes = reduced_axes(call);
  const bool keep = call.integer("keepdims", 1) != 0;
  if (!call.all_integers() || call.input(0).rank() != 1) {
    call.fail("is only supported on a constant vector of integers");
  }
  const auto product = [&](std::size_t sample) {
    std::int64_t result = 1;
    for (const std::int64_t value : call.known(0, sample).integers()) {
      if (__builtin_mul_overflow(result, value, &result)) call.fail("its integers overflow");
    }
    return Constant(keep ? Shape{1} : Shape{}, {result});
  };
  return {&call.constants({product(0), product(1)})};
}

constexpr OpRow kRows[] = {
    {"ReduceMean", 1, 1, lower_reduce_mean},
    {"ReduceProd", 1, 1, lower_reduce_prod},
};

}  // namespace

std::span<const OpRow> reduction_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
