#include "core/ops/max.h"

#include <cmath>

#include "core/ops/variadic.h"

namespace cameo::ops {

Shape Max::infer_shape(std::span<const Shape> inputs) const { return common_shape(type(), inputs); }

Tensor Max::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return fold(type(), inputs, [](float a, float b) { return a < b || std::isnan(b) ? b : a; });
}

void Max::vjp(const VjpContext& ctx) const { give_gradient_to_winner(ctx); }

}  // namespace cameo::ops
