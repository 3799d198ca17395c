#include "layers/pooling.h"

#include "core/ops/average_pool.h"
#include "core/ops/max_pool.h"

namespace cameo::layers {

namespace {

std::shared_ptr<const Op> max_pool(const MaxPool2dOptions& options) {
  const Extent2d stride = options.stride.value_or(options.kernel);
  const Extent2d padding = options.padding;
  return std::make_shared<ops::MaxPool>(
      ops::MaxPoolOptions{.kernel = {options.kernel.height, options.kernel.width},
                          .strides = {stride.height, stride.width},
                          .pads = {padding.height, padding.width, padding.height, padding.width},
                          .ceil_mode = options.ceil_mode,
                          .dilations = {options.dilation.height, options.dilation.width}});
}

std::shared_ptr<const Op> average_pool(const AveragePool2dOptions& options) {
  const Extent2d stride = options.stride.value_or(options.kernel);
  const Extent2d padding = options.padding;
  return std::make_shared<ops::AveragePool>(ops::AveragePoolOptions{
      .kernel = {options.kernel.height, options.kernel.width},
      .strides = {stride.height, stride.width},
      .pads = {padding.height, padding.width, padding.height, padding.width},
      .ceil_mode = options.ceil_mode,
      .count_include_pad = options.count_include_pad});
}

}  // namespace

MaxPool2d::MaxPool2d(const MaxPool2dOptions& options) : SingleOp(max_pool(options)) {}

AveragePool2d::AveragePool2d(const AveragePool2dOptions& options)
    : SingleOp(average_pool(options)) {}

}  // namespace cameo::layers
