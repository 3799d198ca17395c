/// Pixels laid out as channels.
#pragma once

#include "core/op.h"

namespace cameo::ops {

struct SpaceToDepthOptions {
  std::int64_t block = 1;
};

/// `[N,C,H,W]` to `[N,C·block²,H/block,W/block]`; undoes DepthToSpace in its default order.
class SpaceToDepth final : public Op {
 public:
  explicit SpaceToDepth(SpaceToDepthOptions options = {}) : options_(options) {}
  const SpaceToDepthOptions& options() const { return options_; }
  std::string_view type() const override { return "SpaceToDepth"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  SpaceToDepthOptions options_;
};

}  // namespace cameo::ops
