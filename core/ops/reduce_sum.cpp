#include "core/ops/reduce_sum.h"

#include "core/ops/reduce_rows.h"

namespace cameo::ops {

Tensor ReduceSum::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const RowPlan plan = plan_rows(type(), options(), inputs[0].shape());
  return sum_rows(inputs[0], plan, 1.0);
}

void ReduceSum::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const RowPlan plan = plan_rows(type(), options(), ctx.input_shapes[0]);
  ctx.input_grads[0] = spread_rows(ctx.grad, ctx.input_shapes[0], plan, 1.0F);
}

Reads ReduceSum::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
