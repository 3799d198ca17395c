/// Maximum over windows.
#pragma once

#include <array>

#include "core/op.h"

namespace cameo::ops {

/// Height before width, as in ONNX.
struct MaxPoolOptions {
  std::array<std::int64_t, 2> kernel{2, 2};
  std::array<std::int64_t, 2> strides{2, 2};
  std::array<std::int64_t, 4> pads{0, 0, 0,
                                   0};  ///< top, left, bottom, right; each less than the kernel
  bool ceil_mode =
      false;  ///< a last window that would start in the right padding is dropped, as PyTorch does
  std::array<std::int64_t, 2> dilations{1, 1};
};

/// Input `[N,C,H,W]`. Padding never wins. The residuals keep the arg-max switches (the first
/// maximum in row-major order), which the vjp and every ReLU rule use. NaN wins over numbers, as in
/// PyTorch.
class MaxPool final : public Op {
 public:
  explicit MaxPool(MaxPoolOptions options = {}) : options_(options) {}
  const MaxPoolOptions& options() const { return options_; }
  std::string_view type() const override { return "MaxPool"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  MaxPoolOptions options_;
};

}  // namespace cameo::ops
