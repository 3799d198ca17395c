#include "zoo/models/densenet.h"

#include <memory>

#include "core/ops/concat.h"
#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

constexpr std::int64_t kBottleneck = 4;  // width of the 1x1 convolution over the growth rate

Conv2d conv(std::int64_t channels, std::int64_t kernel, std::int64_t stride = 1) {
  return Conv2d({.out_channels = channels,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .bias = false});
}

Sequential dense_layer(std::int64_t growth_rate) {
  return Sequential()
      .add("norm1", BatchNorm2d())
      .add("relu1", Relu())
      .add("conv1", conv(kBottleneck * growth_rate, 1))
      .add("norm2", BatchNorm2d())
      .add("relu2", Relu())
      .add("conv2", conv(growth_rate, 3));
}

class DenseBlock final : public Module {
 public:
  DenseBlock(std::int64_t layers, std::int64_t growth_rate)
      : layers_(layers), layer_(dense_layer(growth_rate)) {}

  ValueId build(Builder& builder, std::string_view name, ValueId x) const override {
    const Builder::Scope scope = builder.scope(name);
    for (std::int64_t i = 1; i <= layers_; ++i) {
      const std::string number = std::to_string(i);
      const ValueId added = layer_.build(builder, "denselayer" + number, x);
      x = builder.apply(i < layers_ ? "concat" + number : "", std::make_shared<ops::Concat>(),
                        {x, added});
    }
    return x;
  }

 private:
  std::int64_t layers_;
  Sequential layer_;
};

Sequential transition(std::int64_t channels) {
  return Sequential()
      .add("norm", BatchNorm2d())
      .add("relu", Relu())
      .add("conv", conv(channels, 1))
      .add("pool", AveragePool2d({.kernel = 2}));
}

ModelEntry entry(const DenseNetOptions& densenet_options, int layers, const std::string& hash,
                 double top1) {
  const std::string name = "densenet" + std::to_string(layers);
  return {imagenet_info(name,
                        "densely connected network of " + std::to_string(layers) +
                            " layers (Huang et al. 2017)",
                        29, {pytorch_checkpoint(name + "-" + hash + ".pth", top1)}),
          [densenet_options](const ModelOptions& options) {
            return densenet(densenet_options, options);
          }};
}

}  // namespace

Network densenet(const DenseNetOptions& densenet, const ModelOptions& options) {
  std::int64_t channels = densenet.first_channels;
  Sequential features = Sequential()
                            .add("conv0", conv(channels, 7, 2))
                            .add("norm0", BatchNorm2d())
                            .add("relu0", Relu())
                            .add("pool0", MaxPool2d({.kernel = 3, .stride = 2, .padding = 1}));
  for (std::size_t i = 0; i < densenet.layers.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    features.add("denseblock" + number, DenseBlock(densenet.layers[i], densenet.growth_rate));
    channels += densenet.layers[i] * densenet.growth_rate;
    if (i + 1 == densenet.layers.size()) break;
    channels /= 2;
    features.add("transition" + number, transition(channels));
  }
  features.add("norm5", BatchNorm2d());
  return build_network(Sequential()
                           .add("features", features)
                           .add("relu", Relu())
                           .add("avgpool", GlobalAveragePool())
                           .add("flatten", Flatten())
                           .add("classifier", Linear({.out_features = options.classes})),
                       options);
}

std::vector<ModelEntry> densenet_models() {
  return {entry({.layers = {6, 12, 24, 16}}, 121, "a639ec97", 74.434),
          entry({.layers = {6, 12, 36, 24}, .growth_rate = 48, .first_channels = 96}, 161,
                "8d451a50", 77.138),
          entry({.layers = {6, 12, 32, 32}}, 169, "b2777c0a", 75.600),
          entry({.layers = {6, 12, 48, 32}}, 201, "c1103571", 76.896)};
}

}  // namespace cameo::zoo
