#include "zoo/models/efficientnet.h"

#include <algorithm>
#include <cmath>

#include "layers/modules.h"
#include "zoo/models/mobile_blocks.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Sequential conv_norm_silu(const ConvNormOptions& options) {
  return conv_norm(options).append(Silu());
}

struct Block {
  std::int64_t in_channels;
  std::int64_t out_channels;
  std::int64_t expansion;
  std::int64_t kernel;
  std::int64_t stride;
};

InvertedResidual mbconv(const Block& block) {
  const std::int64_t expanded = block.in_channels * block.expansion;
  const std::int64_t squeezed = std::max<std::int64_t>(1, block.in_channels / 4);
  Sequential layers;
  if (block.expansion != 1) layers.append(conv_norm_silu({.channels = expanded}));
  layers.append(conv_norm_silu(
      {.channels = expanded, .kernel = block.kernel, .stride = block.stride, .groups = expanded}));
  layers.append(SqueezeExcitation(expanded, squeezed, Silu(), Sigmoid()));
  layers.append(conv_norm({.channels = block.out_channels}));
  return {"block", layers, block.stride == 1 && block.in_channels == block.out_channels};
}

/// Table 1: blocks of one size, the first with the stride.
struct Stage {
  std::int64_t expansion;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t channels;
  std::int64_t blocks;
};

constexpr Stage kStages[] = {{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2},
                             {6, 3, 2, 80, 3}, {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4},
                             {6, 3, 1, 320, 1}};

Sequential stage(std::int64_t in_channels, const Stage& stage) {
  Sequential blocks;
  blocks.append(mbconv({in_channels, stage.channels, stage.expansion, stage.kernel, stage.stride}));
  for (std::int64_t i = 1; i < stage.blocks; ++i) {
    blocks.append(mbconv({stage.channels, stage.channels, stage.expansion, stage.kernel, 1}));
  }
  return blocks;
}

}  // namespace

Network efficientnet_b0(const ModelOptions& options) {
  std::int64_t channels = 32;
  Sequential features;
  features.append(conv_norm_silu({.channels = channels, .kernel = 3, .stride = 2}));
  for (const Stage& row : kStages) {
    features.append(stage(channels, row));
    channels = row.channels;
  }
  features.append(conv_norm_silu({.channels = 4 * channels}));
  const float bound = 1.0F / std::sqrt(static_cast<float>(options.classes));
  const Linear linear({.out_features = options.classes, .weight_initializer = uniform(bound)});
  return build_network(Sequential()
                           .add("features", features)
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("classifier", Sequential(Dropout(0.2F), linear)),
                       options);
}

std::vector<ModelEntry> efficientnet_models() {
  ModelInfo info = imagenet_info(
      "efficientnet_b0", "searched network to be scaled up, with SiLU (Tan & Le 2019)", 1,
      {pytorch_checkpoint("efficientnet_b0_rwightman-3dd342df.pth", 77.692)});
  info.preprocess = "imagenet-bicubic";
  return {{std::move(info), efficientnet_b0}};
}

}  // namespace cameo::zoo
