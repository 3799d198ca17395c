#include "core/ops/variadic.h"

#include <cmath>

namespace cameo::ops {

void share_gradient(const VjpContext& ctx, float scale) {
  const Tensor part =
      scale == 1.0F ? ctx.grad : map(ctx.grad, [scale](float g) { return scale * g; });
  for (std::size_t i = 0; i < ctx.needs.size(); ++i) {
    if (ctx.needs[i]) ctx.input_grads[i] = reduce_to(part, ctx.input_shapes[i]);
  }
}

void give_gradient_to_winner(const VjpContext& ctx) {
  const Shape& shape = ctx.grad.shape();
  Tensor open = ctx.grad;  // what no input has taken yet
  for (std::size_t i = 0; i < ctx.needs.size(); ++i) {
    const Tensor wins = zip(broadcast_to(ctx.inputs[i], shape), ctx.output, [](float x, float y) {
      return x == y || (std::isnan(x) && std::isnan(y)) ? 1.0F : 0.0F;
    });
    if (ctx.needs[i]) {
      const Tensor won = zip(wins, open, [](float w, float g) { return w != 0.0F ? g : 0.0F; });
      ctx.input_grads[i] = reduce_to(won, ctx.input_shapes[i]);
    }
    open = zip(wins, open, [](float w, float g) { return w != 0.0F ? 0.0F : g; });
  }
}

}  // namespace cameo::ops
