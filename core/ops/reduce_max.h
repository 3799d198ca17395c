/// Maximum over axes.
#pragma once

#include "core/ops/reduction.h"

namespace cameo::ops {

/// The maximum over the axes, which must hold an element; the first of equals gets the gradient and
/// NaN wins over numbers.
class ReduceMax final : public Reduction {
 public:
  explicit ReduceMax(ReduceOptions options = {})
      : Reduction(std::move(options), OverNothing::kRefused) {}
  std::string_view type() const override { return "ReduceMax"; }
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
