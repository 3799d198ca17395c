#include "zoo/models/mobile_blocks.h"

#include <algorithm>
#include <memory>

#include "core/ops/mul.h"
#include "core/ops/sigmoid.h"

namespace cameo::zoo {

layers::Sequential conv_norm(const ConvNormOptions& options) {
  return layers::Sequential(layers::Conv2d({.out_channels = options.channels,
                                            .kernel = options.kernel,
                                            .stride = options.stride,
                                            .padding = options.kernel / 2,
                                            .groups = options.groups,
                                            .bias = false,
                                            .weight_initializer = kaiming_normal(FanMode::kOut)}),
                            layers::BatchNorm2d(options.norm));
}

std::int64_t multiple_of_8(double channels) {
  const std::int64_t nearest =
      std::max<std::int64_t>(8, static_cast<std::int64_t>(channels + 4.0) / 8 * 8);
  return static_cast<double>(nearest) < 0.9 * channels ? nearest + 8 : nearest;
}

ValueId Silu::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  const ValueId gate = builder.apply("sigmoid", std::make_shared<ops::Sigmoid>(), {x});
  return builder.apply("", std::make_shared<ops::Mul>(), {x, gate});
}

layers::Conv2d SqueezeExcitation::conv(std::int64_t channels) {
  return layers::Conv2d(
      {.out_channels = channels, .kernel = 1, .weight_initializer = kaiming_normal(FanMode::kOut)});
}

ValueId SqueezeExcitation::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  const ValueId scale = scale_.build(builder, "", x);
  return builder.apply("", std::make_shared<ops::Mul>(), {scale, x});
}

ValueId InvertedResidual::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  const ValueId y = branch_.build(builder, branch_name_, x);
  return skip_ ? layers::add(builder, "", x, y) : y;
}

}  // namespace cameo::zoo
