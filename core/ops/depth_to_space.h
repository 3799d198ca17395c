/// Channels laid out as pixels (Shi et al. 2016, sub-pixel convolution).
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Is a channel number block row, block column, channel (ONNX's DCR) or channel, block row, block
/// column (CRD, PyTorch's pixel shuffle)?
enum class DepthOrder { kBlockFirst, kChannelFirst };

struct DepthToSpaceOptions {
  std::int64_t block = 1;
  DepthOrder order = DepthOrder::kBlockFirst;
};

/// `[N,C,H,W]` to `[N,C/block²,H·block,W·block]`.
class DepthToSpace final : public Op {
 public:
  explicit DepthToSpace(DepthToSpaceOptions options = {}) : options_(options) {}
  const DepthToSpaceOptions& options() const { return options_; }
  std::string_view type() const override { return "DepthToSpace"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  DepthToSpaceOptions options_;
};

}  // namespace cameo::ops
