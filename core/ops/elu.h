/// Exponential linear unit (Clevert, Unterthiner & Hochreiter 2016).
#pragma once

#include "core/ops/exponential_linear.h"

namespace cameo::ops {

struct EluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x) - 1); the derivative at 0 is alpha.
class Elu final : public ExponentialLinear {
 public:
  explicit Elu(EluOptions options = {})
      : ExponentialLinear({.positive = 1.0F, .negative = options.alpha, .width = 1.0F}),
        options_(options) {}
  const EluOptions& options() const { return options_; }
  std::string_view type() const override { return "Elu"; }

 private:
  EluOptions options_;
};

}  // namespace cameo::ops
