/// Continuously differentiable exponential linear unit (Barron 2017).
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

struct CeluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x/alpha) - 1); alpha is not 0.
class Celu final : public Unary<Celu, SlopeOf::kInput> {
 public:
  explicit Celu(CeluOptions options = {}) : options_(options) {}
  const CeluOptions& options() const { return options_; }
  std::string_view type() const override { return "Celu"; }

  float value(float x) const {
    return x > 0.0F ? x : options_.alpha * std::expm1(x / options_.alpha);
  }
  float pull(float x, float g) const { return x > 0.0F ? g : g * std::exp(x / options_.alpha); }

 private:
  CeluOptions options_;
};

}  // namespace cameo::ops
