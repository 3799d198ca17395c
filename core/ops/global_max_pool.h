/// Maximum over all positions.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Input `[N,C,…]`, output `[N,C,1,…]`; the first of equals gets the gradient.
class GlobalMaxPool final : public Op {
 public:
  std::string_view type() const override { return "GlobalMaxPool"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
