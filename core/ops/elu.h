/// Exponential linear unit (Clevert, Unterthiner & Hochreiter 2016).
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

struct EluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x) - 1); the derivative at 0 is alpha.
class Elu final : public Unary<Elu, SlopeOf::kInput> {
 public:
  explicit Elu(EluOptions options = {}) : options_(options) {}
  const EluOptions& options() const { return options_; }
  std::string_view type() const override { return "Elu"; }

  float value(float x) const { return x > 0.0F ? x : options_.alpha * std::expm1(x); }
  float pull(float x, float g) const { return x > 0.0F ? g : g * options_.alpha * std::exp(x); }

 private:
  EluOptions options_;
};

}  // namespace cameo::ops
