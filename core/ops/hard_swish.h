/// Hard swish.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// x · max(0, min(1, x/6 + 1/2)) (Howard et al. 2019, Searching for MobileNetV3, section 5.2); the
/// derivative is 0 at -3 and 1 at 3.
class HardSwish final : public Unary<HardSwish, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "HardSwish"; }
  static void values(std::int64_t count, const float* x, float* y);
  static void pulls(std::int64_t count, const float* x, const float* grad, float* dx);
};

}  // namespace cameo::ops
