/// A slow sigmoid.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// x / (1 + |x|).
class Softsign final : public Unary<Softsign, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Softsign"; }

  static float value(float x) { return x / (1.0F + std::fabs(x)); }
  static float pull(float x, float g) {
    const float d = 1.0F + std::fabs(x);
    return g / (d * d);
  }
};

}  // namespace cameo::ops
