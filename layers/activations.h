/// Element-wise activations; shapes are unchanged.
#pragma once

#include "core/ops/clip.h"
#include "core/ops/leaky_relu.h"
#include "core/ops/relu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/tanh.h"
#include "layers/single_op.h"

namespace cameo::layers {

/// max(x, 0)
class Relu final : public SingleOp {
 public:
  Relu() : SingleOp(std::make_shared<ops::Relu>()) {}
};

/// min(max(x, 0), 6)
class Relu6 final : public SingleOp {
 public:
  Relu6() : SingleOp(std::make_shared<ops::Clip>(ops::ClipOptions{.low = 0.0F, .high = 6.0F})) {}
};

/// x where x > 0, else slope·x
class LeakyRelu final : public SingleOp {
 public:
  explicit LeakyRelu(float slope = 0.01F)
      : SingleOp(std::make_shared<ops::LeakyRelu>(ops::LeakyReluOptions{.slope = slope})) {}
};

/// 1/(1 + exp(-x))
class Sigmoid final : public SingleOp {
 public:
  Sigmoid() : SingleOp(std::make_shared<ops::Sigmoid>()) {}
};

/// tanh(x)
class Tanh final : public SingleOp {
 public:
  Tanh() : SingleOp(std::make_shared<ops::Tanh>()) {}
};

}  // namespace cameo::layers
