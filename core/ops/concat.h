/// Concatenation.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct ConcatOptions {
  std::int64_t axis = 1;  ///< negative counts from the end
};

/// One or more inputs that agree in every extent but the axis's. The vjp reads shapes only.
class Concat final : public Op {
 public:
  explicit Concat(ConcatOptions options = {}) : options_(options) {}
  const ConcatOptions& options() const { return options_; }
  std::string_view type() const override { return "Concat"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ConcatOptions options_;
};

}  // namespace cameo::ops
