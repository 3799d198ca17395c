/// Another shape for the same elements.
#pragma once

#include <utility>
#include <vector>

#include "core/ops/view.h"

namespace cameo::ops {

struct ReshapeOptions {
  Shape shape{};
};

/// One extent of `shape` may be -1 (inferred); 0 copies the input's extent at that place.
class Reshape final : public View {
 public:
  explicit Reshape(ReshapeOptions options = {}) : options_(std::move(options)) {}
  const ReshapeOptions& options() const { return options_; }
  std::string_view type() const override { return "Reshape"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;

 private:
  ReshapeOptions options_;
};

}  // namespace cameo::ops
