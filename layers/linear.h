/// Fully connected layer.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "layers/module.h"

namespace cameo::layers {

struct LinearOptions {
  std::int64_t out_features = 0;
  bool bias = true;
  Initializer weight_initializer = kaiming_uniform(2.23606798F);
  Initializer bias_initializer = constant(0.0F);
};

/// x `[N,K]` to `[N,out_features]`. Parameters NAME.weight `[out_features,K]` and NAME.bias
/// `[out_features]`.
class Linear final : public Module {
 public:
  explicit Linear(LinearOptions options) : options_(std::move(options)) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  LinearOptions options_;
};

}  // namespace cameo::layers
