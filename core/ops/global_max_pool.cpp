#include "core/ops/global_max_pool.h"

#include "core/ops/check.h"
#include "core/ops/reduce_rows.h"

namespace cameo::ops {

namespace {

RowPlan plan_for(const Shape& input) {
  if (input.size() < 3) throw_shape_error("GlobalMaxPool", "a map [N,C,...]", to_string(input));
  ReduceOptions options;
  for (std::size_t axis = 2; axis < input.size(); ++axis) {
    options.axes.push_back(static_cast<std::int64_t>(axis));
  }
  return plan_rows("GlobalMaxPool", options, input);
}

}  // namespace

Shape GlobalMaxPool::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const RowPlan plan = plan_for(inputs[0]);
  check_rows_hold_something(type(), plan, inputs[0]);
  return plan.output;
}

Tensor GlobalMaxPool::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  return extreme_of_rows(inputs[0], plan_for(inputs[0].shape()), Extreme::kLargest, run.residuals);
}

void GlobalMaxPool::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) ctx.input_grads[0] = give_rows(type(), ctx, plan_for(ctx.input_shapes[0]));
}

Reads GlobalMaxPool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
