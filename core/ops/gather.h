/// Picking by constant indices.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

struct GatherOptions {
  std::int64_t axis = 0;                ///< negative counts from the end
  std::vector<std::int64_t> indices{};  ///< negative ones count from the end
  Shape indices_shape{};                ///< empty: one index, and the axis disappears
};

/// The axis of the input is replaced by the axes of the indices: y[…,i,…] = x[…,indices[i],…].
class Gather final : public Op {
 public:
  explicit Gather(GatherOptions options = {.indices = {0}}) : options_(std::move(options)) {}
  const GatherOptions& options() const { return options_; }
  std::string_view type() const override { return "Gather"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  GatherOptions options_;
};

}  // namespace cameo::ops
