/// Natural logarithm.
#pragma once

#include <cmath>

#include "core/ops/unary.h"

namespace cameo::ops {

/// log(x); NaN below 0, -infinity at 0.
class Log final : public Unary<Log, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Log"; }

  static float value(float x) { return std::log(x); }
  static float pull(float x, float g) { return g / x; }
};

}  // namespace cameo::ops
