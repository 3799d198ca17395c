/// Repetition along axes of extent 1.
#pragma once

#include <utility>

#include "core/op.h"

namespace cameo::ops {

struct ExpandOptions {
  Shape shape{};
};

/// Broadcasts the input and `shape` against each other as NumPy does, so a 1 in `shape` keeps the
/// input's extent, whatever it is.
class Expand final : public Op {
 public:
  explicit Expand(ExpandOptions options = {}) : options_(std::move(options)) {}
  const ExpandOptions& options() const { return options_; }
  std::string_view type() const override { return "Expand"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ExpandOptions options_;
};

}  // namespace cameo::ops
