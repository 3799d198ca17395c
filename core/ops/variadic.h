/// What Max, Min, Sum and Mean share: any number of inputs, broadcast against each other.
#pragma once

#include "core/ops/broadcast.h"

namespace cameo::ops {

/// f(… f(f(x0, x1), x2) …) over the common shape.
template <typename F>
Tensor fold(std::string_view op, std::span<const Tensor> inputs, F f) {
  const Shape shape = common_shape(op, shapes_of(inputs));
  Tensor result = broadcast_to(inputs[0], shape);
  for (const Tensor& input : inputs.subspan(1)) {
    result = zip(result, broadcast_to(input, shape), f);
  }
  return result;
}

/// `scale` times the gradient to every input.
void share_gradient(const VjpContext& ctx, float scale);

/// The gradient to the first input, element by element, whose value is the output's.
void give_gradient_to_winner(const VjpContext& ctx);

}  // namespace cameo::ops
