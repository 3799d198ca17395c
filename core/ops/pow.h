/// Power of two tensors.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// x to the y, broadcast against each other as NumPy does; NaN for a negative x and a y that is no
/// integer. The derivative by x is 0 where y is 0, the derivative by y is 0 where x is 0.
class Pow final : public Op {
 public:
  std::string_view type() const override { return "Pow"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
