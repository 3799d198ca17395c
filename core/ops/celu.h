/// Continuously differentiable exponential linear unit (Barron 2017).
#pragma once

#include "core/ops/unary.h"

namespace cameo::ops {

struct CeluOptions {
  float alpha = 1.0F;
};

/// x where x > 0, else alpha·(exp(x/alpha) - 1); alpha is not 0.
class Celu final : public Unary<Celu, SlopeOf::kInput> {
 public:
  explicit Celu(CeluOptions options = {}) : options_(options) {}
  const CeluOptions& options() const { return options_; }
  std::string_view type() const override { return "Celu"; }
  void values(std::int64_t count, const float* x, float* y) const;
  void pulls(std::int64_t count, const float* x, const float* grad, float* dx) const;

 private:
  CeluOptions options_;
};

}  // namespace cameo::ops
