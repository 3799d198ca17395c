/// Absolute value.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// |x|; the derivative at 0 is 0.
class Abs final : public Unary<Abs, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Abs"; }

  static float value(float x) { return std::fabs(x); }
  static float pull(float x, float g) { return x > 0.0F ? g : x < 0.0F ? -g : 0.0F; }
};

}  // namespace cameo::ops
