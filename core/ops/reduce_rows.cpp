#include "core/ops/reduce_rows.h"

#include <algorithm>
#include <cmath>

#include "core/ops/broadcast.h"
#include "core/reduce.h"

namespace cameo::ops {

namespace {

/// Where every output came from: the index in its row.
using Winners = std::vector<std::int64_t>;

template <typename F>
void for_each_row(const RowPlan& plan, F visit) {
  const std::int64_t grain = std::max<std::int64_t>(1, kElementwiseGrain / (plan.length + 1));
  parallel_for(plan.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) visit(row);
  });
}

bool beats(float value, float best, Extreme which) {
  if (std::isnan(best)) return false;
  return std::isnan(value) || (which == Extreme::kLargest ? value > best : value < best);
}

std::int64_t winner(const float* row, std::int64_t length, Extreme which) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < length; ++i) {
    if (beats(row[i], row[best], which)) best = i;
  }
  return best;
}

}  // namespace

RowPlan plan_rows(std::string_view op, const ReduceOptions& options, const Shape& input) {
  const std::size_t rank = input.size();
  static_cast<void>(checked_output(op, input));
  Axes reduced = checked_axes(op, options.axes, rank);
  if (reduced.empty()) {
    for (std::size_t axis = 0; axis < rank; ++axis) reduced.push_back(axis);
  }
  std::sort(reduced.begin(), reduced.end());
  RowPlan plan{.perm = {}, .permuted = {}, .rows = 1, .length = 1, .kept = input, .output = {}};
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (std::binary_search(reduced.begin(), reduced.end(), axis)) {
      plan.kept[axis] = 1;
      plan.length *= input[axis];
    } else {
      plan.perm.push_back(axis);
      plan.rows *= input[axis];
      plan.output.push_back(input[axis]);
    }
  }
  plan.perm.insert(plan.perm.end(), reduced.begin(), reduced.end());
  plan.permuted = transposed(input, plan.perm);
  if (options.keepdims) plan.output = plan.kept;
  return plan;
}

void check_rows_hold_something(std::string_view op, const RowPlan& plan, const Shape& input) {
  if (plan.length < 1) throw_shape_error(op, "something to reduce", to_string(input));
}

Tensor sum_rows(const Tensor& x, const RowPlan& plan, double scale) {
  const Tensor rows = transposed(x, plan.perm);
  Tensor y = Tensor::uninitialized(plan.output);
  const float* in = rows.data().data();
  float* out = y.mutable_data().data();
  for_each_row(plan, [&](std::int64_t row) {
    const float* from = in + row * plan.length;
    out[row] =
        static_cast<float>(scale * sum_of(plan.length, [&](std::int64_t i) { return from[i]; }));
  });
  return y;
}

Tensor spread_rows(const Tensor& grad, const Shape& input, const RowPlan& plan, float scale) {
  const Tensor part = scale == 1.0F ? grad : map(grad, [scale](float g) { return scale * g; });
  return broadcast_to(part.reshaped(plan.kept), input);
}

Tensor extreme_of_rows(const Tensor& x, const RowPlan& plan, Extreme which, Residuals* residuals) {
  const Tensor rows = transposed(x, plan.perm);
  Tensor y = Tensor::uninitialized(plan.output);
  Winners winners(residuals != nullptr ? static_cast<std::size_t>(plan.rows) : 0);
  const float* in = rows.data().data();
  float* out = y.mutable_data().data();
  for_each_row(plan, [&](std::int64_t row) {
    const float* from = in + row * plan.length;
    const std::int64_t best = winner(from, plan.length, which);
    out[row] = from[best];
    if (!winners.empty()) winners[static_cast<std::size_t>(row)] = best;
  });
  if (residuals != nullptr) *residuals = std::move(winners);
  return y;
}

Tensor give_rows(std::string_view op, const VjpContext& ctx, const RowPlan& plan) {
  const auto& winners = residual<Winners>(op, ctx);
  Tensor rows(plan.permuted);
  const float* grad = ctx.grad.data().data();
  float* out = rows.mutable_data().data();
  for (std::size_t row = 0; row < winners.size(); ++row) {
    out[static_cast<std::int64_t>(row) * plan.length + winners[row]] = grad[row];
  }
  return transposed(rows, inverse(plan.perm));
}

}  // namespace cameo::ops
