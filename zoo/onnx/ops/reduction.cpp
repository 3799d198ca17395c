// Reductions.
#include <algorithm>

#include "core/ops/flatten.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/reduce_max.h"
#include "core/ops/reduce_mean.h"
#include "core/ops/reduce_min.h"
#include "core/ops/reduce_sum.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// Axes are an attribute, for ReduceSum an input since operator set 13.
ops::ReduceOptions options_of(Call& call) {
  ops::ReduceOptions options{.axes = call.integers("axes"),
                             .keepdims = call.integer("keepdims", 1) != 0};
  if (call.has(1)) options.axes = call.known_integers(1);
  return options;
}

/// Does it name height and width of a feature map and nothing else?
bool is_over_the_map(const ops::ReduceOptions& options, const Value& x) {
  std::vector<std::int64_t> axes = options.axes;
  for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::sort(axes.begin(), axes.end());
  return x.rank() == 4 && axes == std::vector<std::int64_t>{2, 3};
}

/// Over height and width it is global average pooling, which explanations know.
Values lower_reduce_mean(Call& call) {
  const ops::ReduceOptions options = options_of(call);
  Value& x = call.input(0);
  if (!is_over_the_map(options, x)) return {&call.apply<ops::ReduceMean>(options, {&x})};
  Value& pooled = call.apply(std::make_shared<ops::GlobalAveragePool>(), {&x});
  if (options.keepdims) return {&pooled};
  return {&call.apply<ops::Flatten>(ops::FlattenOptions{}, {&pooled})};
}

template <typename T>
Values lower_reduction(Call& call) {
  return {&call.apply<T>(options_of(call), {&call.input(0)})};
}

Values lower_reduce_sum(Call& call) {
  const bool nothing_by_default = call.integer("noop_with_empty_axes", 0) != 0;
  const ops::ReduceOptions options = options_of(call);
  if (options.axes.empty() && nothing_by_default) return {&call.input(0)};
  return {&call.apply<ops::ReduceSum>(options, {&call.input(0)})};
}

/// Of a known shape.
Values lower_reduce_prod(Call& call) {
  const ops::ReduceOptions options = options_of(call);
  if (!call.input(0).is_integer() || call.input(0).rank() != 1) {
    call.fail("is only supported on a constant vector of integers");
  }
  const auto product = [&](std::size_t sample) {
    std::int64_t result = 1;
    for (const std::int64_t value : call.known(0, sample).integers()) {
      if (__builtin_mul_overflow(result, value, &result)) call.fail("its integers overflow");
    }
    return Constant(options.keepdims ? Shape{1} : Shape{}, {result});
  };
  return {&call.constants({product(0), product(1)})};
}

constexpr OpRow kRows[] = {
    {"ReduceMax", 1, 1, lower_reduction<ops::ReduceMax>},
    {"ReduceMean", 1, 1, lower_reduce_mean},
    {"ReduceMin", 1, 1, lower_reduction<ops::ReduceMin>},
    {"ReduceProd", 1, 1, lower_reduce_prod},
    {"ReduceSum", 1, 2, lower_reduce_sum},
};

}  // namespace

std::span<const OpRow> reduction_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
