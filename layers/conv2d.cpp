#include "layers/conv2d.h"

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/ops/conv.h"

namespace cameo::layers {

namespace {

void check(const Conv2dOptions& options, const std::string& name, const Shape& x) {
  const std::string where = "layer \"" + name + "\": Conv2d ";
  if (x.size() != 4) throw ShapeError(where + "needs [N,C,H,W], got " + to_string(x));
  if (options.out_channels < 1 || options.groups < 1) {
    throw ArgumentError(where + "needs at least one output channel and one group, got " +
                        std::to_string(options.out_channels) + " and " +
                        std::to_string(options.groups));
  }
  if (x[1] % options.groups != 0 || options.out_channels % options.groups != 0) {
    throw ShapeError(where + "has " + std::to_string(options.groups) +
                     " groups, which do not divide " + std::to_string(x[1]) + " input and " +
                     std::to_string(options.out_channels) + " output channels");
  }
}

std::shared_ptr<const Op> conv(const Conv2dOptions& options) {
  const Extent2d padding = options.padding;
  return std::make_shared<ops::Conv>(
      ops::ConvOptions{.strides = {options.stride.height, options.stride.width},
                       .pads = {padding.height, padding.width, padding.height, padding.width},
                       .dilations = {options.dilation.height, options.dilation.width},
                       .groups = options.groups});
}

}  // namespace

ValueId Conv2d::build(Builder& builder, std::string_view name, ValueId x) const {
  check(options_, builder.full_name(name), builder.shape_of(x));
  const std::int64_t in_channels = builder.shape_of(x)[1];
  std::vector<ValueId> inputs{x};
  {
    const Builder::Scope scope = builder.scope(name);
    inputs.push_back(builder.parameter("weight",
                                       {options_.out_channels, in_channels / options_.groups,
                                        options_.kernel.height, options_.kernel.width},
                                       options_.weight_initializer));
    if (options_.bias) {
      inputs.push_back(
          builder.parameter("bias", {options_.out_channels}, options_.bias_initializer));
    }
  }
  return builder.apply(name, conv(options_), std::move(inputs));
}

}  // namespace cameo::layers
