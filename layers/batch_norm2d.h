/// Batch normalisation (Ioffe & Szegedy 2015).
#pragma once

#include <string_view>

#include "layers/module.h"

namespace cameo::layers {

struct BatchNorm2dOptions {
  float epsilon = 1e-5F;
  float momentum = 0.1F;       ///< share of the new batch in the running statistics
  float initial_scale = 1.0F;  ///< 0 makes a residual branch begin as nothing
};

/// Shapes unchanged, `[N,C,H,W]`. Parameters NAME.weight, NAME.bias, and, not trainable,
/// NAME.running_mean and NAME.running_var, each `[C]`.
class BatchNorm2d final : public Module {
 public:
  explicit BatchNorm2d(BatchNorm2dOptions options = {}) : options_(options) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  BatchNorm2dOptions options_;
};

}  // namespace cameo::layers
