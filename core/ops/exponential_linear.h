/// What the exponential linear units Elu, Celu and Selu share.
#pragma once

#include "core/ops/exponential_unit.h"
#include "core/ops/unary.h"

namespace cameo::ops {

/// y = unit(x), element by element; derived ops give type(). The derivative at 0 is the left one.
class ExponentialLinear : public Unary<ExponentialLinear, SlopeOf::kInput> {
 public:
  void values(std::int64_t count, const float* x, float* y) const;
  void pulls(std::int64_t count, const float* x, const float* grad, float* dx) const;

 protected:
  explicit ExponentialLinear(const ExponentialUnit& unit) : unit_(unit) {}

 private:
  ExponentialUnit unit_;
};

}  // namespace cameo::ops
