/// Exponential function.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// e to the x.
class Exp final : public Unary<Exp, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Exp"; }

  static float value(float x) { return std::exp(x); }
  static float pull(float y, float g) { return g * y; }
};

}  // namespace cameo::ops
