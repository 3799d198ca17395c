/// Local response normalisation across channels (Krizhevsky, Sutskever & Hinton 2012).
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct LrnOptions {
  std::int64_t size = 5;
  float alpha = 1e-4F;
  float beta = 0.75F;
  float bias = 1.0F;
};

/// x / (bias + alpha/size · sum of x² over the `size` channels around)^beta, the window from c -
/// floor((size-1)/2) to c + ceil((size-1)/2), as ONNX and PyTorch have it.
class Lrn final : public Op {
 public:
  explicit Lrn(LrnOptions options = {}) : options_(options) {}
  const LrnOptions& options() const { return options_; }
  std::string_view type() const override { return "LRN"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  LrnOptions options_;
};

}  // namespace cameo::ops
