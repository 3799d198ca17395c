/// Exponential linear unit (Clevert, Unterthiner & Hochreiter 2016).
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

struct EluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x) - 1); the derivative at 0 is alpha.
class Elu final : public Unary<Elu, SlopeOf::kInput> {
 public:
  explicit Elu(EluOptions options = {}) : options_(options) {}
  const EluOptions& options() const { return options_; }
  std::string_view type() const override { return "Elu"; }
  void values(std::int64_t count, const float* x, float* y) const;
  void pulls(std::int64_t count, const float* x, const float* grad, float* dx) const;

 private:
  EluOptions options_;
};

}  // namespace cameo::ops
