/// Square root.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// The square root; NaN below 0.
class Sqrt final : public Unary<Sqrt, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Sqrt"; }

  static float value(float x) { return std::sqrt(x); }
  static float pull(float y, float g) { return 0.5F * g / y; }
};

}  // namespace cameo::ops
