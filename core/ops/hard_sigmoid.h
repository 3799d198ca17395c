/// A sigmoid of three straight pieces.
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

struct HardSigmoidOptions {
  float alpha = 0.2F;
  float beta = 0.5F;
};

/// max(0, min(1, alpha·x + beta)); the derivative is 0 at both corners. MobileNet v3 (Howard et al.
/// 2019, section 5.2) has alpha 1/6.
class HardSigmoid final : public Unary<HardSigmoid, SlopeOf::kOutput> {
 public:
  explicit HardSigmoid(HardSigmoidOptions options = {}) : options_(options) {}
  const HardSigmoidOptions& options() const { return options_; }
  std::string_view type() const override { return "HardSigmoid"; }

  float value(float x) const {
    const float y = options_.alpha * x + options_.beta;
    return y < 0.0F ? 0.0F : y > 1.0F ? 1.0F : y;
  }
  float pull(float y, float g) const {
    const float above_low = y <= 0.0F ? 0.0F : g;
    return options_.alpha * (y >= 1.0F ? 0.0F : above_low);
  }

 private:
  HardSigmoidOptions options_;
};

}  // namespace cameo::ops
