/// Flattening to a matrix.
#pragma once

#include "core/ops/view.h"

namespace cameo::ops {

struct FlattenOptions {
  std::int64_t axis = 1;
};

/// Input of any rank, output `[product before axis, product from axis on]`.
class Flatten final : public View {
 public:
  explicit Flatten(FlattenOptions options = {}) : options_(options) {}
  const FlattenOptions& options() const { return options_; }
  std::string_view type() const override { return "Flatten"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;

 private:
  FlattenOptions options_;
};

}  // namespace cameo::ops
