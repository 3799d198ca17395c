/// Leaky rectified linear unit.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct LeakyReluOptions {
  float slope = 0.01F;
};

/// x where x > 0, else slope·x; the derivative at 0 is the slope.
class LeakyRelu final : public Op {
 public:
  explicit LeakyRelu(LeakyReluOptions options = {}) : options_(options) {}
  const LeakyReluOptions& options() const { return options_; }
  std::string_view type() const override { return "LeakyRelu"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  LeakyReluOptions options_;
};

}  // namespace cameo::ops
