/// Negation.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// -x.
class Neg final : public Unary<Neg, SlopeOf::kNeither> {
 public:
  std::string_view type() const override { return "Neg"; }

  static float value(float x) { return -x; }
  static float pull(float, float g) { return -g; }
};

}  // namespace cameo::ops
