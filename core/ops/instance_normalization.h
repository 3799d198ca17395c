/// Instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016).
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct InstanceNormalizationOptions {
  float epsilon = 1e-5F;
};

/// Inputs x `[N,C,...]`, scale and bias, each `[C]`: every channel of every picture is normalised
/// by its own mean and biased variance.
class InstanceNormalization final : public Op {
 public:
  explicit InstanceNormalization(InstanceNormalizationOptions options = {}) : options_(options) {}
  const InstanceNormalizationOptions& options() const { return options_; }
  std::string_view type() const override { return "InstanceNormalization"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  InstanceNormalizationOptions options_;
};

}  // namespace cameo::ops
