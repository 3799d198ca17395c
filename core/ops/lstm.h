/// Long short-term memory (Hochreiter & Schmidhuber 1997) with forget gates (Gers et al. 2000).
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Inputs, in PyTorch's layout: the sequence x `[T,N,I]`, the weights of the input `[4H,I]` and of
/// the last hidden state `[4H,H]`, and their biases, each `[4H]`. The rows are those of the gates
/// i, f, g, o in turn. Output: the hidden states `[T,N,H]`, beginning from a state of zeros:
///
///   i, f, o = sigmoid(…), g = tanh(…) of  W_ih·x_t + b_ih + W_hh·h_{t-1} + b_hh
///   c_t = f·c_{t-1} + i·g
///   h_t = o·tanh(c_t)
///
/// The gradient is backpropagation through all T steps.
class Lstm final : public Op {
 public:
  std::string_view type() const override { return "LSTM"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
