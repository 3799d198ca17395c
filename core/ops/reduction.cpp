#include "core/ops/reduction.h"

#include "core/ops/check.h"
#include "core/ops/reduce_rows.h"

namespace cameo::ops {

Shape Reduction::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const RowPlan plan = plan_rows(type(), options_, inputs[0]);
  if (over_nothing_ == OverNothing::kRefused) {
    check_rows_hold_something(type(), plan, inputs[0]);
  }
  return plan.output;
}

}  // namespace cameo::ops
