/// Reducing any axes as rows of a matrix.
#pragma once

#include <string_view>

#include "core/op.h"
#include "core/ops/axes.h"
#include "core/ops/reduction.h"

namespace cameo::ops {

/// The input with the reduced axes moved to the end: one row for every element of the output.
struct RowPlan {
  Axes perm;
  Shape permuted;
  std::int64_t rows, length;
  Shape kept;    ///< the output with reduced axes of extent 1
  Shape output;  ///< `kept`, or without them
};

RowPlan plan_rows(std::string_view op, const ReduceOptions& options, const Shape& input);

/// For reductions that have no value over nothing: throws ShapeError when the rows are empty.
void check_rows_hold_something(std::string_view op, const RowPlan& plan, const Shape& input);

/// `scale` times the sum of every row, in double.
Tensor sum_rows(const Tensor& x, const RowPlan& plan, double scale);
/// The adjoint.
Tensor spread_rows(const Tensor& grad, const Shape& input, const RowPlan& plan, float scale);

enum class Extreme { kLargest, kSmallest };
/// The first largest or smallest value of every row, NaN before any number. `residuals`, when not
/// null, gets what give_rows() needs.
Tensor extreme_of_rows(const Tensor& x, const RowPlan& plan, Extreme which, Residuals* residuals);
/// The adjoint: the gradient where the value came from, 0 elsewhere.
Tensor give_rows(std::string_view op, const VjpContext& ctx, const RowPlan& plan);

}  // namespace cameo::ops
