/// A strided box out of a tensor.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

struct SliceOptions {
  std::vector<std::int64_t> starts{};
  std::vector<std::int64_t> ends{};
  std::vector<std::int64_t> axes{};   ///< empty: 0, 1, ...
  std::vector<std::int64_t> steps{};  ///< empty: all 1
};

/// Per listed axis the elements start, start+step, ... before end. Negative starts and ends count
/// from the end and are clamped as in NumPy; steps may be negative, not 0.
/// Elements that lie side by side, such as some channels of one picture, stay where they are.
class Slice final : public Op {
 public:
  explicit Slice(SliceOptions options = {}) : options_(std::move(options)) {}
  const SliceOptions& options() const { return options_; }
  std::string_view type() const override { return "Slice"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  SliceOptions options_;
};

}  // namespace cameo::ops
