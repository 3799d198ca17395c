/// Two-dimensional convolution (cross-correlation, as every CNN framework has it).
#pragma once

#include <array>

#include "core/op.h"

namespace cameo {
struct ConvParams;
struct NodeWeights;
}  // namespace cameo

namespace cameo::ops {

/// Height before width, as in ONNX.
struct ConvOptions {
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  ///< top, left, bottom, right
  std::array<std::int64_t, 2> dilations{1, 1};
  std::int64_t groups = 1;
};

/// Inputs x `[N,C,H,W]`, weight `[M,C/groups,kH,kW]` and optionally bias `[M]`; output
/// `[N,M,H',W']`. The vjp reads x for the gradient of the weight and the weight for that of x.
class Conv final : public Op {
 public:
  explicit Conv(ConvOptions options = {}) : options_(options) {}
  const ConvOptions& options() const { return options_; }
  /// The kernels' view of inputs of these shapes. Throws ShapeError like infer_shape().
  ConvParams params(std::span<const Shape> inputs) const;
  std::string_view type() const override { return "Conv"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  /// The same with the weight as it is kept prepared; `weights` may be null.
  void vjp(const VjpContext& ctx, const NodeWeights* weights) const;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ConvOptions options_;
};

}  // namespace cameo::ops
