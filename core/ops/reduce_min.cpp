#include "core/ops/reduce_min.h"

#include "core/ops/reduce_rows.h"

namespace cameo::ops {

Tensor ReduceMin::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  const RowPlan plan = plan_rows(type(), options(), inputs[0].shape());
  return extreme_of_rows(inputs[0], plan, Extreme::kSmallest, run.residuals);
}

void ReduceMin::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const RowPlan plan = plan_rows(type(), options(), ctx.input_shapes[0]);
  ctx.input_grads[0] = give_rows(type(), ctx, plan);
}

Reads ReduceMin::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
