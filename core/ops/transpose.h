/// Another order of the axes.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

struct TransposeOptions {
  std::vector<std::int64_t> perm{};  ///< empty: the axes in reverse
};

/// Axis i of the output is axis `perm[i]` of the input.
class Transpose final : public Op {
 public:
  explicit Transpose(TransposeOptions options = {}) : options_(std::move(options)) {}
  const TransposeOptions& options() const { return options_; }
  std::string_view type() const override { return "Transpose"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  TransposeOptions options_;
};

}  // namespace cameo::ops
