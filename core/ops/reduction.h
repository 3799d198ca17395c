/// What ReduceSum, ReduceMean, ReduceMax and ReduceMin share.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

struct ReduceOptions {
  std::vector<std::int64_t> axes{};  ///< negative ones count from the end; empty: all
  bool keepdims = true;              ///< reduced axes stay with extent 1
};

/// Has the reduction a value over no elements, as a sum has?
enum class OverNothing { kAllowed, kRefused };

/// Base of the reductions: options and shape.
class Reduction : public Op {
 public:
  Reduction(ReduceOptions options, OverNothing over_nothing)
      : options_(std::move(options)), over_nothing_(over_nothing) {}
  const ReduceOptions& options() const { return options_; }
  Shape infer_shape(std::span<const Shape> inputs) const override;

 private:
  ReduceOptions options_;
  OverNothing over_nothing_;
};

}  // namespace cameo::ops
