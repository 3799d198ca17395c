/// Continuously differentiable exponential linear unit (Barron 2017).
#pragma once

#include "core/ops/exponential_linear.h"

namespace cameo::ops {

struct CeluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x/alpha) - 1); alpha is not 0.
class Celu final : public ExponentialLinear {
 public:
  explicit Celu(CeluOptions options = {})
      : ExponentialLinear({.positive = 1.0F, .negative = options.alpha, .width = options.alpha}),
        options_(options) {}
  const CeluOptions& options() const { return options_; }
  std::string_view type() const override { return "Celu"; }

 private:
  CeluOptions options_;
};

}  // namespace cameo::ops
