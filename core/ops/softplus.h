/// A smooth rectifier.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// log(1 + exp(x)), without overflow for large x.
class Softplus final : public Unary<Softplus, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Softplus"; }

  static float value(float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x))); }
  static float pull(float x, float g) {
    const float e = std::exp(-std::fabs(x));
    return g * (x < 0.0F ? e : 1.0F) / (1.0F + e);
  }
};

}  // namespace cameo::ops
