/// Exponential function.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// e to the x.
class Exp final : public Unary<Exp, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Exp"; }

  static void values(std::int64_t count, const float* x, float* y);
  static float pull(float y, float g) { return g * y; }
};

}  // namespace cameo::ops
