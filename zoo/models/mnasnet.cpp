#include "zoo/models/mnasnet.h"

#include <cmath>

#include "layers/modules.h"
#include "zoo/models/mobile_blocks.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

constexpr BatchNorm2dOptions kNorm{.momentum = 1.0F - 0.9997F};

/// Appends a convolution and its normalisation as children of their own.
void append_conv_norm(Sequential& layers, std::int64_t channels, std::int64_t kernel = 1,
                      std::int64_t stride = 1, std::int64_t groups = 1) {
  layers.append(Conv2d({.out_channels = channels,
                        .kernel = kernel,
                        .stride = stride,
                        .padding = kernel / 2,
                        .groups = groups,
                        .bias = false,
                        .weight_initializer = kaiming_normal(FanMode::kOut)}));
  layers.append(BatchNorm2d(kNorm));
}

struct Block {
  std::int64_t in_channels;
  std::int64_t out_channels;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t expansion;
};

InvertedResidual bottleneck(const Block& block) {
  const std::int64_t hidden = block.in_channels * block.expansion;
  Sequential layers;
  append_conv_norm(layers, hidden);
  layers.append(Relu());
  append_conv_norm(layers, hidden, block.kernel, block.stride, hidden);
  layers.append(Relu());
  append_conv_norm(layers, block.out_channels);
  return {"layers", layers, block.stride == 1 && block.in_channels == block.out_channels};
}

/// Bottlenecks of one size, the first with the stride.
struct Stage {
  double channels;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t expansion;
  std::int64_t blocks;
};

constexpr Stage kStages[] = {{24, 3, 2, 3, 3}, {40, 5, 2, 3, 3},  {80, 5, 2, 6, 3},
                             {96, 3, 1, 6, 2}, {192, 5, 2, 6, 4}, {320, 3, 1, 6, 1}};

ModelEntry entry(double width, const std::string& name, const std::string& file, double top1,
                 std::int64_t resize = 0) {
  return {imagenet_info(name,
                        "MNASNet-B1 of width " + name.substr(7, 1) + "." + name.substr(9) +
                            " (Tan et al. 2019)",
                        1, {pytorch_checkpoint(file, top1, resize)}),
          [width](const ModelOptions& options) { return mnasnet(width, options); }};
}

}  // namespace

Network mnasnet(double width, const ModelOptions& options) {
  const std::int64_t first = multiple_of_8(32 * width);
  std::int64_t channels = multiple_of_8(16 * width);
  Sequential layers;
  append_conv_norm(layers, first, 3, 2);
  layers.append(Relu());
  append_conv_norm(layers, first, 3, 1, first);
  layers.append(Relu());
  append_conv_norm(layers, channels);
  for (const Stage& stage : kStages) {
    const std::int64_t wider = multiple_of_8(stage.channels * width);
    Sequential blocks(bottleneck({channels, wider, stage.kernel, stage.stride, stage.expansion}));
    for (std::int64_t i = 1; i < stage.blocks; ++i) {
      blocks.append(bottleneck({wider, wider, stage.kernel, 1, stage.expansion}));
    }
    layers.append(blocks);
    channels = wider;
  }
  append_conv_norm(layers, 1280);
  layers.append(Relu());
  const float bound = std::sqrt(3.0F / static_cast<float>(options.classes));
  const Linear linear({.out_features = options.classes, .weight_initializer = uniform(bound)});
  return build_network(Sequential()
                           .add("layers", layers)
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("classifier", Sequential(Dropout(0.2F), linear)),
                       options);
}

std::vector<ModelEntry> mnasnet_models() {
  return {entry(0.5, "mnasnet0_5", "mnasnet0.5_top1_67.823-3ffadce67e.pth", 67.734),
          entry(0.75, "mnasnet0_75", "mnasnet0_75-7090bc5f.pth", 71.180, 232),
          entry(1.0, "mnasnet1_0", "mnasnet1.0_top1_73.512-f206786ef8.pth", 73.456),
          entry(1.3, "mnasnet1_3", "mnasnet1_3-a4c69d6f.pth", 76.506, 232)};
}

}  // namespace cameo::zoo
