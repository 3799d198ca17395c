/// Mean of several tensors.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// One or more inputs, broadcast against each other as NumPy does.
class Mean final : public Op {
 public:
  std::string_view type() const override { return "Mean"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
