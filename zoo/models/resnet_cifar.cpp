#include "zoo/models/resnet_cifar.h"

#include <limits>

#include "core/ops/pad.h"
#include "core/ops/slice.h"
#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Conv2d conv3x3(std::int64_t channels, std::int64_t stride) {
  return Conv2d(
      {.out_channels = channels, .kernel = 3, .stride = stride, .padding = 1, .bias = false});
}

/// Every other row and column.
class Subsample final : public SingleOp {
 public:
  Subsample()
      : SingleOp(std::make_shared<ops::Slice>(ops::SliceOptions{
            .starts = {0, 0}, .ends = {kEnd, kEnd}, .axes = {2, 3}, .steps = {2, 2}})) {}

 private:
  static constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
};

/// Channels of zeros on both sides of the existing ones.
class PadChannels final : public SingleOp {
 public:
  explicit PadChannels(std::int64_t each)
      : SingleOp(
            std::make_shared<ops::Pad>(ops::PadOptions{.pads = {0, each, 0, 0, 0, each, 0, 0}})) {}
};

Residual block(std::int64_t in_channels, std::int64_t channels) {
  const bool grows = in_channels != channels;
  Sequential shortcut;
  if (grows) {
    shortcut.add("subsample", Subsample()).add("pad", PadChannels((channels - in_channels) / 2));
  }
  return Residual(Sequential()
                      .add("conv1", conv3x3(channels, grows ? 2 : 1))
                      .add("bn1", BatchNorm2d())
                      .add("relu", Relu())
                      .add("conv2", conv3x3(channels, 1))
                      .add("bn2", BatchNorm2d()),
                  shortcut, {.shortcut = "shortcut", .relu = "relu_1"});
}

Sequential stage(std::int64_t in_channels, std::int64_t channels, std::int64_t blocks) {
  Sequential stage;
  stage.append(block(in_channels, channels));
  for (std::int64_t i = 1; i < blocks; ++i) stage.append(block(channels, channels));
  return stage;
}

ModelEntry entry(std::int64_t layers, const std::string& hash, double top1) {
  const std::string name = "resnet" + std::to_string(layers);
  const std::string file = name + "-" + hash + ".th";
  const std::string address =
      "https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/" + file;
  return {
      {.name = name + "_cifar",
       .description = "residual network of " + std::to_string(layers) + " layers (He et al. 2016)",
       .input_shape = {3, 32, 32},
       .classes = 10,
       .minimum_size = 1,
       .preprocess = "cifar10",
       .class_names = "cifar10",
       .checkpoints = {{.file = file, .address = address, .top1 = top1}}},
      [layers](const ModelOptions& options) { return resnet_cifar((layers - 2) / 6, options); }};
}

}  // namespace

Network resnet_cifar(std::int64_t blocks, const ModelOptions& options) {
  const Sequential layers = Sequential()
                                .add("conv1", conv3x3(16, 1))
                                .add("bn1", BatchNorm2d())
                                .add("relu", Relu())
                                .add("layer1", stage(16, 16, blocks))
                                .add("layer2", stage(16, 32, blocks))
                                .add("layer3", stage(32, 64, blocks))
                                .add("avgpool", GlobalAveragePool())
                                .add("flatten", Flatten())
                                .add("linear", Linear({.out_features = options.classes,
                                                       .weight_initializer = kaiming_normal(),
                                                       .bias_initializer = uniform(0.125F)}));
  return build_network(layers, options);
}

std::vector<ModelEntry> resnet_cifar_models() {
  return {entry(20, "12fca82f", 91.73), entry(32, "d509ac18", 92.63), entry(44, "014dd654", 93.10),
          entry(56, "4bfd9763", 93.39), entry(110, "1d1ed7c2", 93.68)};
}

}  // namespace cameo::zoo
