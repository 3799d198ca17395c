/// Mean over all positions (Lin, Chen & Yan 2014, Network in Network, section 3.2).
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Input `[N,C,H,W]`, output `[N,C,1,1]`.
class GlobalAveragePool final : public Op {
 public:
  std::string_view type() const override { return "GlobalAveragePool"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
