#include "zoo/models/shufflenet_v2.h"

#include <memory>

#include "core/ops/concat.h"
#include "core/ops/gather.h"
#include "core/ops/slice.h"
#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Conv2d conv(std::int64_t channels, std::int64_t kernel, std::int64_t stride = 1,
            std::int64_t groups = 1) {
  return Conv2d({.out_channels = channels,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .groups = groups,
                 .bias = false,
                 .weight_initializer = kaiming_uniform(2.23606798F)});
}

Conv2d depthwise(std::int64_t channels, std::int64_t stride) {
  return conv(channels, 3, stride, channels);
}

std::shared_ptr<const Op> channels_between(std::int64_t begin, std::int64_t end) {
  return std::make_shared<ops::Slice>(
      ops::SliceOptions{.starts = {begin}, .ends = {end}, .axes = {1}});
}

/// The channels of two halves in turn (Zhang et al. 2018, figure 1 (c)).
std::shared_ptr<const Op> channel_shuffle(std::int64_t channels) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < channels / 2; ++i) {
    indices.push_back(i);
    indices.push_back(i + channels / 2);
  }
  return std::make_shared<ops::Gather>(
      ops::GatherOptions{.axis = 1, .indices = indices, .indices_shape = {channels}});
}

struct UnitOptions {
  std::int64_t in_channels;
  std::int64_t channels;
  std::int64_t stride;
};

/// At stride 1 half of the channels pass unchanged (figure 3 (c)); otherwise both branches see all
/// of them (figure 3 (d)).
class Unit final : public Module {
 public:
  explicit Unit(const UnitOptions& options) : options_(options) {
    const std::int64_t half = options.channels / 2;
    if (options.stride > 1) {
      branch1_ = Sequential(depthwise(options.in_channels, options.stride), BatchNorm2d(),
                            conv(half, 1), BatchNorm2d(), Relu());
    }
    branch2_ = Sequential(conv(half, 1), BatchNorm2d(), Relu(), depthwise(half, options.stride),
                          BatchNorm2d(), conv(half, 1), BatchNorm2d(), Relu());
  }

  ValueId build(Builder& builder, std::string_view name, ValueId x) const override {
    const Builder::Scope scope = builder.scope(name);
    ValueId left = x;
    ValueId right = x;
    if (options_.stride == 1) {
      const std::int64_t half = options_.channels / 2;
      left = builder.apply("chunk", channels_between(0, half), {x});
      right = builder.apply("chunk_1", channels_between(half, options_.channels), {x});
    }
    left = branch1_.build(builder, "branch1", left);
    right = branch2_.build(builder, "branch2", right);
    const ValueId both = builder.apply("concat", std::make_shared<ops::Concat>(), {left, right});
    return builder.apply("", channel_shuffle(options_.channels), {both});
  }

 private:
  UnitOptions options_;
  Sequential branch1_;
  Sequential branch2_;
};

Sequential stage(std::int64_t in_channels, std::int64_t channels, std::int64_t units) {
  Sequential stage(Unit({in_channels, channels, 2}));
  for (std::int64_t i = 1; i < units; ++i) stage.append(Unit({channels, channels, 1}));
  return stage;
}

ModelEntry entry(const ShuffleNetChannels& channels, const std::string& size,
                 const std::string& file, double top1, std::int64_t resize = 0) {
  return {imagenet_info("shufflenet_v2_x" + size,
                        "channel split and shuffle, complexity x" + size.substr(0, 1) + "." +
                            size.substr(2) + " (Ma et al. 2018)",
                        1, {pytorch_checkpoint(file, top1, resize)}),
          [channels](const ModelOptions& options) { return shufflenet_v2(channels, options); }};
}

}  // namespace

Network shufflenet_v2(const ShuffleNetChannels& channels, const ModelOptions& options) {
  constexpr std::int64_t kFirst = 24;
  return build_network(Sequential()
                           .add("conv1", Sequential(conv(kFirst, 3, 2), BatchNorm2d(), Relu()))
                           .add("maxpool", MaxPool2d({.kernel = 3, .stride = 2, .padding = 1}))
                           .add("stage2", stage(kFirst, channels[0], 4))
                           .add("stage3", stage(channels[0], channels[1], 8))
                           .add("stage4", stage(channels[1], channels[2], 4))
                           .add("conv5", Sequential(conv(channels[3], 1), BatchNorm2d(), Relu()))
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("fc", uniform_linear(channels[3], options.classes)),
                       options);
}

std::vector<ModelEntry> shufflenet_v2_models() {
  return {entry({48, 96, 192, 1024}, "0_5", "shufflenetv2_x0.5-f707e7126e.pth", 60.552),
          entry({116, 232, 464, 1024}, "1_0", "shufflenetv2_x1-5666bf0f80.pth", 69.362),
          entry({176, 352, 704, 1024}, "1_5", "shufflenetv2_x1_5-3c479a10.pth", 72.996, 232),
          entry({244, 488, 976, 2048}, "2_0", "shufflenetv2_x2_0-8be3c8ee.pth", 76.230, 232)};
}

}  // namespace cameo::zoo
