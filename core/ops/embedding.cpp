#include "core/ops/embedding.h"

#include "core/ops/check.h"
#include "core/ops/take.h"

namespace cameo::ops {

namespace {

std::vector<std::int64_t> checked_indices(const Tensor& values, std::int64_t rows) {
  std::vector<std::int64_t> indices;
  indices.reserve(values.data().size());
  for (const float value : values.data()) {
    // Not a number fails the first comparison, so the conversion is always defined.
    const bool inside = value >= 0.0F && value < static_cast<float>(rows);
    const std::int64_t index = inside ? static_cast<std::int64_t>(value) : -1;
    if (index < 0 || static_cast<float>(index) != value) {
      throw_argument_error("Embedding", "indices of " + std::to_string(rows) + " rows",
                           std::to_string(value));
    }
    indices.push_back(index);
  }
  return indices;
}

}  // namespace

Shape Embedding::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 2, 2);
  check_rank(type(), "a weight", inputs[1], 2);
  Shape result = inputs[0];
  result.push_back(inputs[1][1]);
  return checked_output(type(), std::move(result));
}

Tensor Embedding::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const Shape shape = infer_shape(shapes_of(inputs));
  return take(inputs[1], 0, checked_indices(inputs[0], inputs[1].dim(0))).reshaped(shape);
}

void Embedding::vjp(const VjpContext& ctx) const {
  if (ctx.needs[0]) ctx.input_grads[0] = Tensor(ctx.input_shapes[0]);
  if (!ctx.needs[1]) return;
  const Shape& weight = ctx.input_shapes[1];
  const Tensor rows = ctx.grad.reshaped({ctx.inputs[0].size(), weight[1]});
  ctx.input_grads[1] = put(rows, 0, checked_indices(ctx.inputs[0], weight[0]), weight[0]);
}

Reads Embedding::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1]) reads.inputs.push_back(0);
  return reads;
}

}  // namespace cameo::ops
