/// Rectified linear unit.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// max(x, 0); the derivative at 0 is 0. The vjp reads the output alone.
class Relu final : public Op {
 public:
  std::string_view type() const override { return "Relu"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
