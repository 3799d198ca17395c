/// Batch normalisation (Ioffe & Szegedy 2015).
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct BatchNormalizationOptions {
  float epsilon = 1e-5F;
  float momentum = 0.1F;  ///< share of the new batch, PyTorch's convention (ONNX has one minus it)
};

/// Inputs x `[N,C,...]`, then scale, bias, running mean and running variance, each `[C]`. Inference
/// uses the running statistics. Training uses those of the batch (biased variance) and proposes, as
/// RunContext::updates of inputs 3 and 4, running = (1 - momentum)·running + momentum·batch, the
/// variance unbiased, as PyTorch does.
class BatchNormalization final : public Op {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {}) : options_(options) {}
  const BatchNormalizationOptions& options() const { return options_; }
  /// By channel, what inference multiplies x with: scale / sqrt(variance + epsilon).
  std::vector<float> inference_scale(std::span<const float> scale,
                                     std::span<const float> variance) const;
  std::string_view type() const override { return "BatchNormalization"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  BatchNormalizationOptions options_;
};

}  // namespace cameo::ops
