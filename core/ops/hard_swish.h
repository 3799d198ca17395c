/// Hard swish.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

/// x · max(0, min(1, x/6 + 1/2)) (Howard et al. 2019, Searching for MobileNetV3, section 5.2); the
/// derivative is 0 at -3 and 1 at 3.
class HardSwish final : public Unary<HardSwish, SlopeOf::kInput> {
 public:
  std::string_view type() const override { return "HardSwish"; }

  static float value(float x) { return x <= -3.0F ? 0.0F : x >= 3.0F ? x : x * (x + 3.0F) / 6.0F; }
  static float pull(float x, float g) {
    return x <= -3.0F ? 0.0F : x >= 3.0F ? g : g * (x / 3.0F + 0.5F);
  }
};

}  // namespace cameo::ops
