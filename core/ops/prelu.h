/// Rectifier with a learnt slope (He et al. 2015, Delving Deep into Rectifiers, equation 1).
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Inputs x and slope, which broadcasts to x's shape: x where x > 0, else slope·x. The derivative
/// by x at 0 is the slope.
class PRelu final : public Op {
 public:
  std::string_view type() const override { return "PRelu"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
