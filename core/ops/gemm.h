/// Fully connected layer.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct GemmOptions {
  bool transpose_b = true;
};

/// Inputs x `[N,K]`, weight `[K,M]` (`[M,K]` with transpose_b, the default, as PyTorch stores it)
/// and optionally bias `[M]`; output `[N,M]`.
class Gemm final : public Op {
 public:
  explicit Gemm(GemmOptions options = {}) : options_(options) {}
  const GemmOptions& options() const { return options_; }
  std::string_view type() const override { return "Gemm"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  GemmOptions options_;
};

}  // namespace cameo::ops
