/// Two-dimensional convolution.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "layers/extent2d.h"
#include "layers/module.h"

namespace cameo::layers {

struct Conv2dOptions {
  std::int64_t out_channels = 0;
  Extent2d kernel = 3;
  Extent2d stride = 1;
  Extent2d padding = 0;  ///< on both sides
  Extent2d dilation = 1;
  std::int64_t groups = 1;
  bool bias = true;
  Initializer weight_initializer = kaiming_normal();
  Initializer bias_initializer = constant(0.0F);
};

/// x `[N,C,H,W]` to `[N,out_channels,H',W']`. Parameters NAME.weight
/// `[out_channels,C/groups,kH,kW]` and NAME.bias `[out_channels]`.
class Conv2d final : public Module {
 public:
  explicit Conv2d(Conv2dOptions options) : options_(std::move(options)) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  Conv2dOptions options_;
};

}  // namespace cameo::layers
