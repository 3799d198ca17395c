#include "core/ops/concat.h"

#include <algorithm>

#include "core/ops/box.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Concat::infer_shape(std::span<const Shape> inputs) const {
  if (inputs.empty()) throw_shape_error(type(), "1 or more inputs", "0");
  const std::size_t axis = checked_axis(type(), options_.axis, inputs[0].size());
  Shape result = inputs[0];
  for (const Shape& input : inputs.subspan(1)) {
    Shape expected = inputs[0];
    if (input.size() == expected.size()) expected[axis] = input[axis];
    if (input != expected) {
      throw_shape_error(type(), "inputs that agree outside axis " + std::to_string(axis),
                        to_string(inputs[0]) + " and " + to_string(input));
    }
    if (__builtin_add_overflow(result[axis], input[axis], &result[axis])) {
      throw_shape_error(type(), "a representable extent", "an overflow");
    }
  }
  return checked_output(type(), std::move(result));
}

Tensor Concat::forward(std::span<const Tensor> inputs, const RunContext&) const {
  Tensor y = Tensor::uninitialized(infer_shape(shapes_of(inputs)));
  const std::size_t axis = checked_axis(type(), options_.axis, y.rank());
  const BoxView whole{.first = Shape(y.rank(), 0), .steps = {}};
  BoxView part = whole;
  for (const Tensor& input : inputs) {
    copy_box(input.shape(), input, whole, y, part);
    part.first[axis] += input.shape()[axis];
  }
  return y;
}

void Concat::vjp(const VjpContext& ctx) const {
  const std::size_t rank = ctx.grad.rank();
  const std::size_t axis = checked_axis(type(), options_.axis, rank);
  const BoxView whole{.first = Shape(rank, 0), .steps = {}};
  BoxView part = whole;
  for (std::size_t i = 0; i < ctx.needs.size(); ++i) {
    const Shape& shape = ctx.input_shapes[i];
    if (ctx.needs[i]) {
      ctx.input_grads[i] = Tensor::uninitialized(shape);
      copy_box(shape, ctx.grad, part, ctx.input_grads[i], whole);
    }
    part.first[axis] += shape[axis];
  }
}

Reads Concat::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
