/// Dropout (Srivastava et al. 2014), inverted.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct DropoutOptions {
  float ratio = 0.5F;
};

/// Training zeroes each element with probability `ratio` and scales the rest by 1/(1 - ratio); the
/// mask depends on RunContext::seed and the element's index alone. Inference is the identity.
class Dropout final : public Op {
 public:
  explicit Dropout(DropoutOptions options = {}) : options_(options) {}
  const DropoutOptions& options() const { return options_; }
  std::string_view type() const override { return "Dropout"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  DropoutOptions options_;
};

}  // namespace cameo::ops
