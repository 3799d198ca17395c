/// Hyperbolic tangent.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// tanh(x).
class Tanh final : public Unary<Tanh, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Tanh"; }
  static void values(std::int64_t count, const float* x, float* y);
  static float pull(float y, float g) { return g * (1.0F - y) * (1.0F + y); }
};

}  // namespace cameo::ops
