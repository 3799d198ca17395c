#include "zoo/models/nin.h"

#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

/// A spatial convolution and two 1x1 convolutions, each followed by ReLU.
struct MlpConv {
  std::int64_t kernel;
  std::int64_t conv;   ///< channels of the spatial convolution
  std::int64_t cccp1;  ///< channels of the first 1x1 convolution
  std::int64_t cccp2;
  std::int64_t stride = 1;
};

Sequential mlpconv(const MlpConv& block) {
  return Sequential()
      .add("conv", Conv2d({.out_channels = block.conv,
                           .kernel = block.kernel,
                           .stride = block.stride,
                           .padding = block.stride > 1 ? 0 : block.kernel / 2}))
      .add("relu", Relu())
      .add("cccp1", Conv2d({.out_channels = block.cccp1, .kernel = 1}))
      .add("relu1", Relu())
      .add("cccp2", Conv2d({.out_channels = block.cccp2, .kernel = 1}))
      .add("relu2", Relu());
}

MaxPool2d max_pool() { return MaxPool2d({.kernel = 3, .stride = 2, .ceil_mode = true}); }

/// One 1x1 convolution and batch normalisation: at this size a second one costs more than it gives.
Sequential small_mlpconv(std::int64_t kernel, std::int64_t channels) {
  return Sequential()
      .add("conv",
           conv_bn_relu({.out_channels = channels, .kernel = kernel, .padding = kernel / 2}))
      .add("cccp", conv_bn_relu({.out_channels = channels, .kernel = 1}));
}

}  // namespace

Network nin_cifar(const ModelOptions& options) {
  const Sequential layers =
      Sequential()
          .add("mlpconv1", mlpconv({.kernel = 5, .conv = 192, .cccp1 = 160, .cccp2 = 96}))
          .add("pool1", max_pool())
          .add("dropout1", Dropout(0.5F))
          .add("mlpconv2", mlpconv({.kernel = 5, .conv = 192, .cccp1 = 192, .cccp2 = 192}))
          .add("pool2", AveragePool2d({.kernel = 3, .stride = 2, .ceil_mode = true}))
          .add("dropout2", Dropout(0.5F))
          .add("mlpconv3",
               mlpconv({.kernel = 3, .conv = 192, .cccp1 = 192, .cccp2 = options.classes}))
          .add("gap", GlobalAveragePool())
          .add("flatten", Flatten());
  return build_network(layers, options);
}

Network nin_imagenet(const ModelOptions& options) {
  const Sequential layers =
      Sequential()
          .add("mlpconv1",
               mlpconv({.kernel = 11, .conv = 96, .cccp1 = 96, .cccp2 = 96, .stride = 4}))
          .add("pool1", max_pool())
          .add("mlpconv2", mlpconv({.kernel = 5, .conv = 256, .cccp1 = 256, .cccp2 = 256}))
          .add("pool2", max_pool())
          .add("mlpconv3", mlpconv({.kernel = 3, .conv = 384, .cccp1 = 384, .cccp2 = 384}))
          .add("pool3", max_pool())
          .add("dropout", Dropout(0.5F))
          .add("mlpconv4",
               mlpconv({.kernel = 3, .conv = 1024, .cccp1 = 1024, .cccp2 = options.classes}))
          .add("gap", GlobalAveragePool())
          .add("flatten", Flatten());
  return build_network(layers, options);
}

Network nin_small(const ModelOptions& options) {
  const Sequential layers =
      Sequential()
          .add("mlpconv1", small_mlpconv(5, 16))
          .add("pool1", MaxPool2d({.kernel = 2}))
          .add("mlpconv2", small_mlpconv(3, 64))
          .add("pool2", MaxPool2d({.kernel = 2}))
          .add("mlpconv3", small_mlpconv(3, 128))
          .add("classes", Conv2d({.out_channels = options.classes, .kernel = 1}))
          .add("gap", GlobalAveragePool())
          .add("flatten", Flatten());
  return build_network(layers, options);
}

std::vector<ModelEntry> nin_models() {
  return {
      {{.name = "nin_small",
        .description =
            "three small mlpconv blocks with batch normalisation; GAP of the class maps is "
            "the score",
        .input_shape = {3, 64, 64},
        .classes = 10,
        .minimum_size = 4},
       nin_small},
      {{.name = "nin_cifar",
        .description = "Network in Network for CIFAR-10 with its dropout (Lin, Chen & Yan 2014)",
        .input_shape = {3, 32, 32},
        .classes = 10,
        .minimum_size = 4},
       nin_cifar},
      {imagenet_info("nin_imagenet", "Network in Network for ImageNet (Lin, Chen & Yan 2014)", 39,
                     {}),
       nin_imagenet}};
}

}  // namespace cameo::zoo
