/// Mean over windows.
#pragma once

#include <array>

#include "core/op.h"

namespace cameo::ops {

/// Height before width, as in ONNX.
struct AveragePoolOptions {
  std::array<std::int64_t, 2> kernel{2, 2};
  std::array<std::int64_t, 2> strides{2, 2};
  std::array<std::int64_t, 4> pads{0, 0, 0,
                                   0};  ///< top, left, bottom, right; each less than the kernel
  bool ceil_mode =
      false;  ///< a last window that would start in the right padding is dropped, as PyTorch does
  bool count_include_pad = false;
};

/// Input `[N,C,H,W]`. With `count_include_pad` the divisor counts padding inside the declared pads
/// (a window reaching past them through ceil_mode does not count that part), as PyTorch does;
/// otherwise real elements only.
class AveragePool final : public Op {
 public:
  explicit AveragePool(AveragePoolOptions options = {}) : options_(options) {}
  const AveragePoolOptions& options() const { return options_; }
  std::string_view type() const override { return "AveragePool"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  AveragePoolOptions options_;
};

}  // namespace cameo::ops
