/// Removal of axes of extent 1.
#pragma once

#include <utility>
#include <vector>

#include "core/ops/view.h"

namespace cameo::ops {

struct SqueezeOptions {
  std::vector<std::int64_t> axes{};
};

/// Removes the named axes, each of extent 1; negative ones count from the end.
class Squeeze final : public View {
 public:
  explicit Squeeze(SqueezeOptions options = {}) : options_(std::move(options)) {}
  const SqueezeOptions& options() const { return options_; }
  std::string_view type() const override { return "Squeeze"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;

 private:
  SqueezeOptions options_;
};

}  // namespace cameo::ops
