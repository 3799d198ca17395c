/// Error function.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// 2/sqrt(pi) times the integral of exp(-t²) from 0 to x.
class Erf final : public Unary<Erf, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "Erf"; }
  static void values(std::int64_t count, const float* x, float* y);
  static void pulls(std::int64_t count, const float* x, const float* grad, float* dx);
};

}  // namespace cameo::ops
