/// Padding.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

/// What padding holds: a value, the input mirrored at its edge elements (which are not repeated),
/// or the edge elements.
enum class PadMode { kConstant, kReflect, kEdge };

struct PadOptions {
  std::vector<std::int64_t> pads{};
  float value = 0.0F;  ///< of PadMode::kConstant alone
  PadMode mode = PadMode::kConstant;
};

/// Adds `pads[axis]` elements before and `pads[rank + axis]` after each axis; negative amounts
/// crop. Reflection reaches no further than the opposite edge.
class Pad final : public Op {
 public:
  explicit Pad(PadOptions options = {}) : options_(std::move(options)) {}
  const PadOptions& options() const { return options_; }
  std::string_view type() const override { return "Pad"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  PadOptions options_;
};

}  // namespace cameo::ops
