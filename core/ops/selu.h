/// Scaled exponential linear unit (Klambauer et al. 2017, equation 2).
#pragma once

#include "core/ops/exponential_linear.h"

namespace cameo::ops {

struct SeluOptions {
  float alpha = 1.67326319217681884765625F;
  float gamma = 1.05070102214813232421875F;
};

/// gamma·x where x > 0, else gamma·alpha·(exp(x) - 1); the derivative at 0 is gamma·alpha.
class Selu final : public ExponentialLinear {
 public:
  explicit Selu(SeluOptions options = {})
      : ExponentialLinear(
            {.positive = options.gamma, .negative = options.gamma * options.alpha, .width = 1.0F}),
        options_(options) {}
  const SeluOptions& options() const { return options_; }
  std::string_view type() const override { return "Selu"; }

 private:
  SeluOptions options_;
};

}  // namespace cameo::ops
