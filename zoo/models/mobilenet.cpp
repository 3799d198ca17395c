#include "zoo/models/mobilenet.h"

#include "layers/modules.h"
#include "zoo/models/mobile_blocks.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Sequential conv_norm_relu6(const ConvNormOptions& options) {
  return conv_norm(options).append(Relu6());
}

struct Block {
  std::int64_t in_channels;
  std::int64_t out_channels;
  std::int64_t stride;
  std::int64_t expansion;
};

InvertedResidual bottleneck(const Block& block) {
  const std::int64_t hidden = block.in_channels * block.expansion;
  Sequential conv;
  if (block.expansion != 1) conv.append(conv_norm_relu6({.channels = hidden}));
  conv.append(
      conv_norm_relu6({.channels = hidden, .kernel = 3, .stride = block.stride, .groups = hidden}));
  conv.append(Conv2d({.out_channels = block.out_channels,
                      .kernel = 1,
                      .bias = false,
                      .weight_initializer = kaiming_normal(FanMode::kOut)}));
  conv.append(BatchNorm2d());
  return {"conv", conv, block.stride == 1 && block.in_channels == block.out_channels};
}

/// Table 2: bottlenecks of one size, the first with the stride.
struct Stage {
  std::int64_t expansion;
  std::int64_t channels;
  std::int64_t blocks;
  std::int64_t stride;
};

constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

}  // namespace

Network mobilenet_v2(const ModelOptions& options) {
  std::int64_t channels = 32;
  Sequential features;
  features.append(conv_norm_relu6({.channels = channels, .kernel = 3, .stride = 2}));
  for (const Stage& stage : kStages) {
    for (std::int64_t i = 0; i < stage.blocks; ++i) {
      features.append(
          bottleneck({channels, stage.channels, i == 0 ? stage.stride : 1, stage.expansion}));
      channels = stage.channels;
    }
  }
  features.append(conv_norm_relu6({.channels = 1280}));
  const Linear linear({.out_features = options.classes, .weight_initializer = normal(0.01F)});
  return build_network(Sequential()
                           .add("features", features)
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("classifier", Sequential(Dropout(0.2F), linear)),
                       options);
}

std::vector<ModelEntry> mobilenet_models() {
  return {{imagenet_info("mobilenet_v2", "inverted residuals with ReLU6 (Sandler et al. 2018)", 1,
                         {pytorch_checkpoint("mobilenet_v2-b0353104.pth", 71.878),
                          pytorch_checkpoint("mobilenet_v2-7ebf99e0.pth", 72.154, 232)}),
           mobilenet_v2}};
}

}  // namespace cameo::zoo
