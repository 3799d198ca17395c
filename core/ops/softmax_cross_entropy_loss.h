/// Cross-entropy from logits.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Inputs logits `[N,K]` and target distributions `[N,K]` (one-hot, smoothed or mixed); output
/// `[]`, the mean over N of -sum_k target·log softmax(logits), computed without forming the
/// softmax.
class SoftmaxCrossEntropyLoss final : public Op {
 public:
  std::string_view type() const override { return "SoftmaxCrossEntropyLoss"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
