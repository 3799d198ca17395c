/// Broadcasting as NumPy does it: shapes are aligned at the right, and an extent of
/// 1 stretches.
#pragma once

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

/// The shape that one or more shapes stretch to.
Shape common_shape(std::string_view op, std::span<const Shape> inputs);
/// The same for exactly two.
Shape broadcast_shape(std::string_view op, std::span<const Shape> inputs);
/// `x` repeated to `shape`; the same storage when it has that shape already.
Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The adjoint: `x` summed down to `shape`, in double and in index order.
Tensor reduce_to(const Tensor& x, const Shape& shape);

/// result = f(a, b) over the broadcast shape.
template <typename F>
Tensor zip_broadcast(std::string_view op, std::span<const Tensor> inputs, F f) {
  const Shape shape = broadcast_shape(op, shapes_of(inputs));
  return zip(broadcast_to(inputs[0], shape), broadcast_to(inputs[1], shape), f);
}

}  // namespace cameo::ops
