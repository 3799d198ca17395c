/// Vectors for words.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Inputs: the indices of words, of any shape `[…]`, as whole numbers in float, and a weight
/// `[V,E]`; output `[…,E]`, row i of the weight for each index i. forward() throws ArgumentError
/// for a number that is not one of 0 … V-1. The gradient of the indices is zero.
class Embedding final : public Op {
 public:
  std::string_view type() const override { return "Embedding"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
