/// Error function.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// 2/sqrt(pi) times the integral of exp(-t²) from 0 to x.
class Erf final : public Unary<Erf, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Erf"; }

  static float value(float x) { return std::erf(x); }
  static float pull(float x, float g) {
    constexpr float kTwoOverRootPi = 1.12837916709551257390F;
    return g * kTwoOverRootPi * std::exp(-x * x);
  }
};

}  // namespace cameo::ops
