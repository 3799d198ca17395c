/// Flattening to a matrix.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct FlattenOptions {
  std::int64_t axis = 1;
};

/// Input of any rank, output `[product before axis, product from axis on]`.
class Flatten final : public Op {
 public:
  explicit Flatten(FlattenOptions options = {}) : options_(options) {}
  const FlattenOptions& options() const { return options_; }
  std::string_view type() const override { return "Flatten"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  FlattenOptions options_;
};

}  // namespace cameo::ops
