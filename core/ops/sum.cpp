#include "core/ops/sum.h"

#include <functional>

#include "core/ops/variadic.h"

namespace cameo::ops {

Shape Sum::infer_shape(std::span<const Shape> inputs) const { return common_shape(type(), inputs); }

Tensor Sum::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return fold(type(), inputs, std::plus<float>());
}

void Sum::vjp(const VjpContext& ctx) const { share_gradient(ctx, 1.0F); }

Reads Sum::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
