/// Rectifier with a threshold (Konda, Memisevic & Krueger 2015).
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

struct ThresholdedReluOptions {
  float alpha = 1.0F;
};

/// x where x > alpha, else 0; the derivative at alpha is 0. The ReLU rules of deconvnet and guided
/// backpropagation apply to "Relu" alone.
class ThresholdedRelu final : public Unary<ThresholdedRelu, SlopeOf::kInput> {
 public:
  explicit ThresholdedRelu(ThresholdedReluOptions options = {}) : options_(options) {}
  const ThresholdedReluOptions& options() const { return options_; }
  std::string_view type() const override { return "ThresholdedRelu"; }

  float value(float x) const { return x <= options_.alpha ? 0.0F : x; }
  float pull(float x, float g) const { return x <= options_.alpha ? 0.0F : g; }

 private:
  ThresholdedReluOptions options_;
};

}  // namespace cameo::ops
