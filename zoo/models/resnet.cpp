#include "zoo/models/resnet.h"

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
                 .weight_initializer = kaiming_normal(FanMode::kOut)});
}

struct Block {
  std::int64_t in_channels;
  std::int64_t channels;  ///< of the 3x3 convolutions before they are widened
  std::int64_t stride;
};

constexpr std::int64_t kExpansion = 4;  // of a bottleneck's output over its channels

std::int64_t out_channels(const ResNetOptions& resnet, std::int64_t channels) {
  return resnet.bottleneck ? channels * kExpansion : channels;
}

Sequential two_convolutions(const Block& block) {
  return Sequential()
      .add("conv1", conv(block.channels, 3, block.stride))
      .add("bn1", BatchNorm2d())
      .add("relu", Relu())
      .add("conv2", conv(block.channels, 3))
      .add("bn2", BatchNorm2d());
}

Sequential bottleneck(const ResNetOptions& resnet, const Block& block) {
  const std::int64_t width = block.channels * resnet.width_per_group / 64 * resnet.groups;
  return Sequential()
      .add("conv1", conv(width, 1))
      .add("bn1", BatchNorm2d())
      .add("relu", Relu())
      .add("conv2", conv(width, 3, block.stride, resnet.groups))
      .add("bn2", BatchNorm2d())
      .add("relu_1", Relu())
      .add("conv3", conv(block.channels * kExpansion, 1))
      .add("bn3", BatchNorm2d());
}

Residual residual(const ResNetOptions& resnet, const Block& block) {
  const std::int64_t channels = out_channels(resnet, block.channels);
  Sequential shortcut;
  if (block.stride != 1 || block.in_channels != channels) {
    shortcut = Sequential(conv(channels, 1, block.stride), BatchNorm2d());
  }
  return resnet.bottleneck ? Residual(bottleneck(resnet, block), shortcut, {.relu = "relu_2"})
                           : Residual(two_convolutions(block), shortcut, {.relu = "relu_1"});
}

Sequential stage(const ResNetOptions& resnet, const Block& first, std::int64_t blocks) {
  Sequential stage;
  stage.append(residual(resnet, first));
  const std::int64_t channels = out_channels(resnet, first.channels);
  for (std::int64_t i = 1; i < blocks; ++i) {
    stage.append(residual(resnet, {channels, first.channels, 1}));
  }
  return stage;
}

ModelEntry entry(const ResNetOptions& resnet_options, ModelInfo info) {
  return {std::move(info), [resnet_options](const ModelOptions& options) {
            return resnet(resnet_options, options);
          }};
}

}  // namespace

Network resnet(const ResNetOptions& resnet, const ModelOptions& options) {
  Sequential layers = Sequential()
                          .add("conv1", conv(64, 7, 2))
                          .add("bn1", BatchNorm2d())
                          .add("relu", Relu())
                          .add("maxpool", MaxPool2d({.kernel = 3, .stride = 2, .padding = 1}));
  Block first{.in_channels = 64, .channels = 64, .stride = 1};
  for (std::size_t i = 0; i < resnet.blocks.size(); ++i) {
    layers.add("layer" + std::to_string(i + 1), stage(resnet, first, resnet.blocks[i]));
    first = {out_channels(resnet, first.channels), first.channels * 2, 2};
  }
  layers.add("avgpool", GlobalAveragePool())
      .add("flatten", Flatten())
      .add("fc", uniform_linear(first.in_channels, options.classes));
  return build_network(layers, options);
}

std::vector<ModelEntry> resnet_models() {
  const auto info = [](std::string name, std::string paper,
                       std::vector<PublicCheckpoint> checkpoints) {
    return imagenet_info(std::move(name), std::move(paper), 1, std::move(checkpoints));
  };
  const auto he = [](int layers) {
    return "residual network of " + std::to_string(layers) + " layers (He et al. 2016)";
  };
  return {
      entry({.blocks = {2, 2, 2, 2}}, info("resnet18", he(18),
                                           {pytorch_checkpoint("resnet18-f37072fd.pth", 69.758),
                                            pytorch_checkpoint("resnet18-5c106cde.pth", 69.758)})),
      entry({.blocks = {3, 4, 6, 3}}, info("resnet34", he(34),
                                           {pytorch_checkpoint("resnet34-b627a593.pth", 73.314),
                                            pytorch_checkpoint("resnet34-333f7ec4.pth", 73.314)})),
      entry({.blocks = {3, 4, 6, 3}, .bottleneck = true},
            info("resnet50", he(50),
                 {pytorch_checkpoint("resnet50-0676ba61.pth", 76.130),
                  pytorch_checkpoint("resnet50-11ad3fa6.pth", 80.858, 232),
                  pytorch_checkpoint("resnet50-19c8e357.pth", 76.130)})),
      entry({.blocks = {3, 4, 23, 3}, .bottleneck = true},
            info("resnet101", he(101),
                 {pytorch_checkpoint("resnet101-63fe2227.pth", 77.374),
                  pytorch_checkpoint("resnet101-cd907fc2.pth", 81.886, 232),
                  pytorch_checkpoint("resnet101-5d3b4d8f.pth", 77.374)})),
      entry({.blocks = {3, 8, 36, 3}, .bottleneck = true},
            info("resnet152", he(152),
                 {pytorch_checkpoint("resnet152-394f9c45.pth", 78.312),
                  pytorch_checkpoint("resnet152-f82ba261.pth", 82.284, 232),
                  pytorch_checkpoint("resnet152-b121ed2d.pth", 78.312)})),
      entry({.blocks = {3, 4, 6, 3}, .bottleneck = true, .groups = 32, .width_per_group = 4},
            info("resnext50_32x4d", "ResNet-50 with 32 groups (Xie et al. 2017)",
                 {pytorch_checkpoint("resnext50_32x4d-7cdf4587.pth", 77.618),
                  pytorch_checkpoint("resnext50_32x4d-1a0047aa.pth", 81.198, 232)})),
      entry({.blocks = {3, 4, 6, 3}, .bottleneck = true, .width_per_group = 128},
            info("wide_resnet50_2", "ResNet-50 twice as wide (Zagoruyko & Komodakis 2016)",
                 {pytorch_checkpoint("wide_resnet50_2-95faca4d.pth", 78.468),
                  pytorch_checkpoint("wide_resnet50_2-9ba9bcbe.pth", 81.602, 232)})),
  };
}

}  // namespace cameo::zoo
