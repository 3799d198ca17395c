#include "core/ops/mean.h"

#include <functional>

#include "core/ops/variadic.h"

namespace cameo::ops {

Shape Mean::infer_shape(std::span<const Shape> inputs) const {
  return common_shape(type(), inputs);
}

Tensor Mean::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const auto count = static_cast<float>(inputs.size());
  return map(fold(type(), inputs, std::plus<float>()),
             [count](float total) { return total / count; });
}

void Mean::vjp(const VjpContext& ctx) const {
  share_gradient(ctx, 1.0F / static_cast<float>(ctx.needs.size()));
}

Reads Mean::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
