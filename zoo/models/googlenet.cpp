#include "zoo/models/googlenet.h"

#include "layers/modules.h"
#include "zoo/models/basic_conv.h"
#include "zoo/models/transform_input.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Sequential conv(std::int64_t channels, std::int64_t kernel, std::int64_t stride = 1) {
  return basic_conv({.out_channels = channels,
                     .kernel = kernel,
                     .stride = stride,
                     .padding = kernel / 2,
                     .weight_initializer = normal(0.01F)});
}

MaxPool2d max_pool(std::int64_t kernel) {
  return MaxPool2d({.kernel = kernel, .stride = 2, .ceil_mode = true});
}

/// Output channels of figure 2 (b), in the columns of table 1.
struct Inception {
  std::int64_t conv1x1;
  std::int64_t reduce3x3;
  std::int64_t conv3x3;
  std::int64_t reduce5x5;
  std::int64_t conv5x5;
  std::int64_t pool;
};

Branches inception(const Inception& block) {
  const MaxPool2d pool({.kernel = 3, .stride = 1, .padding = 1});
  return Branches()
      .add("branch1", conv(block.conv1x1, 1))
      .add("branch2", Sequential().append(conv(block.reduce3x3, 1)).append(conv(block.conv3x3, 3)))
      .add("branch3", Sequential().append(conv(block.reduce5x5, 1)).append(conv(block.conv5x5, 3)))
      .add("branch4", Sequential().append(pool).append(conv(block.pool, 1)));
}

}  // namespace

Sequential googlenet_features() {
  return Sequential()
      .add("transform_input", TransformInput())
      .add("conv1", conv(64, 7, 2))
      .add("maxpool1", max_pool(3))
      .add("conv2", conv(64, 1))
      .add("conv3", conv(192, 3))
      .add("maxpool2", max_pool(3))
      .add("inception3a", inception({64, 96, 128, 16, 32, 32}))
      .add("inception3b", inception({128, 128, 192, 32, 96, 64}))
      .add("maxpool3", max_pool(3))
      .add("inception4a", inception({192, 96, 208, 16, 48, 64}))
      .add("inception4b", inception({160, 112, 224, 24, 64, 64}))
      .add("inception4c", inception({128, 128, 256, 24, 64, 64}))
      .add("inception4d", inception({112, 144, 288, 32, 64, 64}))
      .add("inception4e", inception({256, 160, 320, 32, 128, 128}));
}

Network googlenet(const ModelOptions& options) {
  return build_network(googlenet_features()
                           .add("maxpool4", max_pool(2))
                           .add("inception5a", inception({256, 160, 320, 32, 128, 128}))
                           .add("inception5b", inception({384, 192, 384, 48, 128, 128}))
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("dropout", Dropout(0.2F))
                           .add("fc", normal_linear(1024, options.classes, 0.01F)),
                       options);
}

std::vector<ModelEntry> googlenet_models() {
  return {{imagenet_info("googlenet",
                         "Inception modules, with batch normalisation (Szegedy et al. 2015)", 15,
                         {pytorch_checkpoint("googlenet-1378be20.pth", 69.778)}),
           googlenet}};
}

}  // namespace cameo::zoo
