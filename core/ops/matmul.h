/// Matrix products.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Two inputs `[…,m,k]` and `[…,k,n]`, output `[…,m,n]`, by NumPy's rules: the leading extents
/// broadcast, a vector on the left is a row and one on the right a column, and the axis it lacks is
/// missing from the output.
class MatMul final : public Op {
 public:
  std::string_view type() const override { return "MatMul"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
