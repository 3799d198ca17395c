/// Reciprocal.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// 1/x.
class Reciprocal final : public Unary<Reciprocal, SlopeOf::kOutput> {
 public:
  std::string_view type() const override { return "Reciprocal"; }

  static float value(float x) { return 1.0F / x; }
  static float pull(float y, float g) { return -g * y * y; }
};

}  // namespace cameo::ops
