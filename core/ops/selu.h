/// Scaled exponential linear unit (Klambauer et al. 2017, equation 2).
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

struct SeluOptions {
  float alpha = 1.67326319217681884765625F;
  float gamma = 1.05070102214813232421875F;
};

/// gamma·x where x > 0, else gamma·alpha·(exp(x) - 1); the derivative at 0 is gamma·alpha.
class Selu final : public Unary<Selu, SlopeOf::kInput> {
 public:
  explicit Selu(SeluOptions options = {}) : options_(options) {}
  const SeluOptions& options() const { return options_; }
  std::string_view type() const override { return "Selu"; }

  float value(float x) const {
    return options_.gamma * (x > 0.0F ? x : options_.alpha * std::expm1(x));
  }
  float pull(float x, float g) const {
    return g * options_.gamma * (x > 0.0F ? 1.0F : options_.alpha * std::exp(x));
  }

 private:
  SeluOptions options_;
};

}  // namespace cameo::ops
