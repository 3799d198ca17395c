#include "core/ops/min.h"

#include <cmath>

#include "core/ops/variadic.h"

namespace cameo::ops {

Shape Min::infer_shape(std::span<const Shape> inputs) const { return common_shape(type(), inputs); }

Tensor Min::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return fold(type(), inputs, [](float a, float b) { return b < a || std::isnan(b) ? b : a; });
}

void Min::vjp(const VjpContext& ctx) const { give_gradient_to_winner(ctx); }

}  // namespace cameo::ops
