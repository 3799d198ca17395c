/// Softmax along one axis.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct SoftmaxOptions {
  std::int64_t axis = -1;
};

/// exp(x - max) / sum.
class Softmax final : public Op {
 public:
  explicit Softmax(SoftmaxOptions options = {}) : options_(options) {}
  const SoftmaxOptions& options() const { return options_; }
  std::string_view type() const override { return "Softmax"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  SoftmaxOptions options_;
};

}  // namespace cameo::ops
