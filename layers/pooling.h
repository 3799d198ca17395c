/// Pooling over windows and over whole maps.
#pragma once

#include <optional>

#include "core/ops/adaptive_average_pool.h"
#include "core/ops/global_average_pool.h"
#include "layers/extent2d.h"
#include "layers/single_op.h"

namespace cameo::layers {

struct MaxPool2dOptions {
  Extent2d kernel = 2;
  std::optional<Extent2d> stride{};  ///< the kernel where not given
  Extent2d padding = 0;              ///< on both sides; at most half the kernel
  Extent2d dilation = 1;
  bool ceil_mode = false;
};

/// `[N,C,H,W]` to `[N,C,H',W']`.
class MaxPool2d final : public SingleOp {
 public:
  explicit MaxPool2d(const MaxPool2dOptions& options = {});
};

struct AveragePool2dOptions {
  Extent2d kernel = 2;
  std::optional<Extent2d> stride{};  ///< the kernel where not given
  Extent2d padding = 0;              ///< on both sides; at most half the kernel
  bool ceil_mode = false;
  bool count_include_pad = true;  ///< padding counts in the divisor, PyTorch's default
};

/// `[N,C,H,W]` to `[N,C,H',W']`.
class AveragePool2d final : public SingleOp {
 public:
  explicit AveragePool2d(const AveragePool2dOptions& options = {});
};

/// `[N,C,H,W]` to `[N,C,output]` for any H and W, as PyTorch's AdaptiveAvgPool2d.
class AdaptiveAveragePool2d final : public SingleOp {
 public:
  explicit AdaptiveAveragePool2d(Extent2d output)
      : SingleOp(std::make_shared<ops::AdaptiveAveragePool>(
            ops::AdaptiveAveragePoolOptions{.output = {output.height, output.width}})) {}
};

/// `[N,C,H,W]` to `[N,C,1,1]`; a Flatten behind it makes `[N,C]`.
class GlobalAveragePool final : public SingleOp {
 public:
  GlobalAveragePool() : SingleOp(std::make_shared<ops::GlobalAveragePool>()) {}
};

}  // namespace cameo::layers
