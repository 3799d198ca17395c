/// Sum over axes.
#pragma once

#include "core/ops/reduction.h"

namespace cameo::ops {

/// The sum over the axes; 0 over none.
class ReduceSum final : public Reduction {
 public:
  explicit ReduceSum(ReduceOptions options = {})
      : Reduction(std::move(options), OverNothing::kAllowed) {}
  std::string_view type() const override { return "ReduceSum"; }
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
