#include "zoo/models/mobilenet_v3.h"

#include <span>

#include "core/ops/hard_sigmoid.h"
#include "core/ops/hard_swish.h"
#include "layers/modules.h"
#include "zoo/models/mobile_blocks.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

SingleOp hard_swish() { return SingleOp(std::make_shared<ops::HardSwish>()); }

SingleOp hard_sigmoid() {
  return SingleOp(
      std::make_shared<ops::HardSigmoid>(ops::HardSigmoidOptions{.alpha = 1.0F / 6.0F}));
}

Sequential conv_norm_v3(ConvNormOptions options) {
  options.norm = {.epsilon = 1e-3F, .momentum = 0.01F};
  return conv_norm(options);
}

enum class Activation { kRelu, kHardSwish };

/// One row of the paper's tables.
struct Block {
  std::int64_t kernel;
  std::int64_t expanded;
  std::int64_t channels;
  bool squeeze;
  Activation activation;
  std::int64_t stride;
};

InvertedResidual bottleneck(std::int64_t in_channels, const Block& block) {
  const SingleOp activation = block.activation == Activation::kRelu ? Relu() : hard_swish();
  Sequential layers;
  if (block.expanded != in_channels) {
    layers.append(conv_norm_v3({.channels = block.expanded}).append(activation));
  }
  layers.append(conv_norm_v3({.channels = block.expanded,
                              .kernel = block.kernel,
                              .stride = block.stride,
                              .groups = block.expanded})
                    .append(activation));
  if (block.squeeze) {
    const std::int64_t quarter = block.expanded / 4;
    const std::int64_t squeezed = multiple_of_8(static_cast<double>(quarter));
    layers.append(SqueezeExcitation(block.expanded, squeezed, Relu(), hard_sigmoid()));
  }
  layers.append(conv_norm_v3({.channels = block.channels}));
  return {"block", layers, block.stride == 1 && in_channels == block.channels};
}

constexpr auto kRE = Activation::kRelu;
constexpr auto kHS = Activation::kHardSwish;

constexpr Block kLarge[] = {
    {3, 16, 16, false, kRE, 1},  {3, 64, 24, false, kRE, 2},  {3, 72, 24, false, kRE, 1},
    {5, 72, 40, true, kRE, 2},   {5, 120, 40, true, kRE, 1},  {5, 120, 40, true, kRE, 1},
    {3, 240, 80, false, kHS, 2}, {3, 200, 80, false, kHS, 1}, {3, 184, 80, false, kHS, 1},
    {3, 184, 80, false, kHS, 1}, {3, 480, 112, true, kHS, 1}, {3, 672, 112, true, kHS, 1},
    {5, 672, 160, true, kHS, 2}, {5, 960, 160, true, kHS, 1}, {5, 960, 160, true, kHS, 1}};

constexpr Block kSmall[] = {
    {3, 16, 16, true, kRE, 2},  {3, 72, 24, false, kRE, 2}, {3, 88, 24, false, kRE, 1},
    {5, 96, 40, true, kHS, 2},  {5, 240, 40, true, kHS, 1}, {5, 240, 40, true, kHS, 1},
    {5, 120, 48, true, kHS, 1}, {5, 144, 48, true, kHS, 1}, {5, 288, 96, true, kHS, 2},
    {5, 576, 96, true, kHS, 1}, {5, 576, 96, true, kHS, 1}};

Linear linear(std::int64_t features) {
  return Linear({.out_features = features, .weight_initializer = normal(0.01F)});
}

Network mobilenet_v3(std::span<const Block> blocks, std::int64_t hidden,
                     const ModelOptions& options) {
  constexpr std::int64_t kLastExpansion = 6;
  std::int64_t channels = 16;
  Sequential features;
  features.append(
      conv_norm_v3({.channels = channels, .kernel = 3, .stride = 2}).append(hard_swish()));
  for (const Block& block : blocks) {
    features.append(bottleneck(channels, block));
    channels = block.channels;
  }
  features.append(conv_norm_v3({.channels = kLastExpansion * channels}).append(hard_swish()));
  return build_network(Sequential()
                           .add("features", features)
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("classifier", Sequential(linear(hidden), hard_swish(),
                                                         Dropout(0.2F), linear(options.classes))),
                       options);
}

}  // namespace

Network mobilenet_v3_large(const ModelOptions& options) {
  return mobilenet_v3(kLarge, 1280, options);
}

Network mobilenet_v3_small(const ModelOptions& options) {
  return mobilenet_v3(kSmall, 1024, options);
}

std::vector<ModelEntry> mobilenet_v3_models() {
  return {{imagenet_info("mobilenet_v3_small",
                         "searched network with hard swish and squeeze-and-excitation (Howard et "
                         "al. 2019)",
                         1, {pytorch_checkpoint("mobilenet_v3_small-047dcff4.pth", 67.668)}),
           mobilenet_v3_small},
          {imagenet_info("mobilenet_v3_large", "the larger one (Howard et al. 2019)", 1,
                         {pytorch_checkpoint("mobilenet_v3_large-8738ca79.pth", 74.042),
                          pytorch_checkpoint("mobilenet_v3_large-5c1a4163.pth", 75.274, 232)}),
           mobilenet_v3_large}};
}

}  // namespace cameo::zoo
