/// Mean over axes.
#pragma once

#include "core/ops/reduction.h"

namespace cameo::ops {

/// The mean over the axes, which must hold an element.
class ReduceMean final : public Reduction {
 public:
  explicit ReduceMean(ReduceOptions options = {})
      : Reduction(std::move(options), OverNothing::kRefused) {}
  std::string_view type() const override { return "ReduceMean"; }
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
