/// New axes of extent 1.
#pragma once

#include <utility>
#include <vector>

#include "core/ops/view.h"

namespace cameo::ops {

struct UnsqueezeOptions {
  std::vector<std::int64_t> axes{};
};

/// The named axes of the output, negative ones counted from its end, are new and of extent 1.
class Unsqueeze final : public View {
 public:
  explicit Unsqueeze(UnsqueezeOptions options = {}) : options_(std::move(options)) {}
  const UnsqueezeOptions& options() const { return options_; }
  std::string_view type() const override { return "Unsqueeze"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;

 private:
  UnsqueezeOptions options_;
};

}  // namespace cameo::ops
