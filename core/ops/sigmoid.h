/// Logistic function.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// 1/(1+exp(-x)), without overflow for large |x|.
class Sigmoid final : public Unary<Sigmoid, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Sigmoid"; }
  static void values(std::int64_t count, const float* x, float* y);
  static float pull(float y, float g) { return g * y * (1.0F - y); }
};

}  // namespace cameo::ops
