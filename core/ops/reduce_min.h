/// Minimum over axes.
#pragma once

#include "core/ops/reduction.h"

namespace cameo::ops {

/// The minimum over the axes, which must hold an element; the first of equals gets the gradient and
/// NaN wins over numbers.
class ReduceMin final : public Reduction {
 public:
  explicit ReduceMin(ReduceOptions options = {})
      : Reduction(std::move(options), OverNothing::kRefused) {}
  std::string_view type() const override { return "ReduceMin"; }
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
