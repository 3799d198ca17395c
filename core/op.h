/// Differentiable functions: what the nodes of a Network compute.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace cameo {

/// What one node leaves for its own vjp, e.g. the arg-max switches of a max pool.
using Residuals = std::any;

/// Per-run state handed to Op::forward, so that ops hold none.
struct RunContext {
  bool training = false;
  /// Distinct per node and run; the only source of randomness (Dropout).
  std::uint64_t seed = 0;
  /// Null when no gradient will be asked of this node.
  Residuals* residuals = nullptr;
  /// New values proposed for inputs, by input index (the running statistics of BatchNormalization).
  /// Null when the caller does not want them.
  std::map<std::size_t, Tensor>* updates = nullptr;
  /// Of BatchNormalization alone: what Relu would do behind it is to be done as well.
  bool rectify = false;
  /// And before that the sum with a tensor of the output's shape, unless null.
  const Tensor* addend = nullptr;
  /// The handles that the op's `inputs` are, where they are the run's last to what no later node
  /// reads; empty where they are the caller's.
  std::span<Tensor> spent{};

  /// inputs[i], read for the last time, so that its memory may become the result's
  /// (Tensor::in_place_of()). The handle is empty from then on, or as it was.
  Tensor take(std::span<const Tensor> inputs, std::size_t i) const {
    if (spent.empty()) return inputs[i];
    return std::move(spent[i]);
  }
};

class Op;

/// Everything one vector-Jacobian product may read or write.
struct VjpContext {
  std::span<const Tensor> inputs;       ///< empty handles where Op::reads declined them
  std::span<const Shape> input_shapes;  ///< always all of them
  const Tensor& output;                 ///< empty handle where Op::reads declined it
  const Residuals& residuals;
  const Tensor& grad;             ///< dL/d(output), shaped like the output
  std::span<const bool> needs;    ///< per input: is its gradient wanted?
  std::span<Tensor> input_grads;  ///< to be set where needs[i], shaped like input i
  /// Whether forward() rectified and added nothing; `grad` is that of what it gave.
  bool rectified = false;
  const Op* op = nullptr;        ///< for rules of VjpOverrides, which may run it on other values
  Tensor* spent_grad = nullptr;  ///< the handle `grad` names where nobody reads it after this vjp

  /// `grad`, read for the last time, so that its memory may become that of an input's gradient
  /// (Tensor::in_place_of()). `grad` itself is an empty handle from then on, or as it was.
  Tensor take_grad() const {
    if (spent_grad == nullptr) return grad;
    return std::move(*spent_grad);
  }
};

/// The tensors a vjp looks at; everything else may be freed after forward.
struct Reads {
  std::vector<std::size_t> inputs{};  ///< indices
  bool output = false;
};

/// An immutable differentiable function of one output; one object serves every thread.
class Op {
 public:
  virtual ~Op() = default;
  /// The ONNX op_type: "Conv", "Relu", "Gemm".
  virtual std::string_view type() const = 0;
  /// Throws ShapeError, naming the op, when the inputs do not fit.
  virtual Shape infer_shape(std::span<const Shape> inputs) const = 0;
  /// `inputs` are only read, but for what RunContext::take() takes.
  virtual Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const = 0;
  virtual void vjp(const VjpContext& ctx) const = 0;
  /// `needs[i]` says whether the gradient of input i will be wanted. The default reads everything.
  virtual Reads reads(std::span<const bool> needs) const;
};

/// Replaces the vjp of every op of one type for one backward pass.
using VjpRule = std::function<void(const VjpContext&)>;
/// By Op::type().
using VjpOverrides = std::map<std::string, VjpRule, std::less<>>;

}  // namespace cameo
