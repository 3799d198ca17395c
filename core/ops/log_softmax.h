/// Logarithm of the softmax along one axis.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct LogSoftmaxOptions {
  std::int64_t axis = -1;
};

/// x - max - log sum exp(x - max).
class LogSoftmax final : public Op {
 public:
  explicit LogSoftmax(LogSoftmaxOptions options = {}) : options_(options) {}
  const LogSoftmaxOptions& options() const { return options_; }
  std::string_view type() const override { return "LogSoftmax"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  LogSoftmaxOptions options_;
};

}  // namespace cameo::ops
