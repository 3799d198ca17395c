/// Ops that say the same elements in another shape: Flatten, Reshape, Squeeze, Unsqueeze.
#pragma once

#include "core/op.h"

namespace cameo::ops {

/// Derived ops give type() and infer_shape(); the result shares the input's storage.
class View : public Op {
 public:
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;
};

}  // namespace cameo::ops
