/// Another shape for the same elements.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

struct ReshapeOptions {
  Shape shape{};
};

/// One extent of `shape` may be -1 (inferred); 0 copies the input's extent at that place.
class Reshape final : public Op {
 public:
  explicit Reshape(ReshapeOptions options = {}) : options_(std::move(options)) {}
  const ReshapeOptions& options() const { return options_; }
  std::string_view type() const override { return "Reshape"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ReshapeOptions options_;
};

}  // namespace cameo::ops
