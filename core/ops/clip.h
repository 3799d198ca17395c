/// Clamping (ReLU6 is Clip from 0 to 6).
#pragma once

#include <limits>

#include "core/op.h"

namespace cameo::ops {

struct ClipOptions {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// min(max(x, low), high); the derivative is 1 strictly between the bounds and 0 elsewhere. The
/// ReLU rules of deconvnet and guided backpropagation apply to "Relu" alone, not to Clip.
class Clip final : public Op {
 public:
  explicit Clip(ClipOptions options = {}) : options_(options) {}
  const ClipOptions& options() const { return options_; }
  std::string_view type() const override { return "Clip"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ClipOptions options_;
};

}  // namespace cameo::ops
