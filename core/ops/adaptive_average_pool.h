/// Mean over a fixed number of bins.
#pragma once

#include <array>

#include "core/op.h"

namespace cameo::ops {

struct AdaptiveAveragePoolOptions {
  std::array<std::int64_t, 2> output{1, 1};  ///< height, width
};

/// Input `[N,C,H,W]`, output `[N,C,output]` whatever the input's size. Bin i of `bins` over an axis
/// of `extent` covers floor(i·extent/bins) up to ceil((i+1)·extent/bins), as in PyTorch; bins
/// overlap where the extent is no multiple, and repeat elements where it is smaller.
class AdaptiveAveragePool final : public Op {
 public:
  explicit AdaptiveAveragePool(AdaptiveAveragePoolOptions options = {}) : options_(options) {}
  const AdaptiveAveragePoolOptions& options() const { return options_; }
  std::string_view type() const override { return "AdaptiveAveragePool"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  AdaptiveAveragePoolOptions options_;
};

}  // namespace cameo::ops
