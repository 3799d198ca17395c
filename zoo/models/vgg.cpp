#include "zoo/models/vgg.h"

#include <algorithm>
#include <numeric>

#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Linear linear(std::int64_t features) {
  return Linear({.out_features = features, .weight_initializer = normal(0.01F)});
}

ModelEntry entry(std::string_view plan, bool batch_norm, const std::string& name,
                 const std::string& hash, double top1) {
  const auto convolutions = [](int sum, char digit) { return sum + (digit - '0'); };
  const int layers = std::accumulate(plan.begin(), plan.end(), 3, convolutions);
  const std::string description = "VGG of " + std::to_string(layers) + " layers" +
                                  (batch_norm ? " with batch normalisation" : "") +
                                  " (Simonyan & Zisserman 2015)";
  const std::string file = name + "-" + hash + ".pth";
  return {
      imagenet_info(name, description, 32, {pytorch_checkpoint(file, top1)}),
      [plan, batch_norm](const ModelOptions& options) { return vgg(plan, batch_norm, options); }};
}

}  // namespace

Sequential vgg_features(std::string_view plan, bool batch_norm, bool with_pooling) {
  Sequential features;
  std::int64_t channels = 64;
  for (std::size_t stage = 0; stage < plan.size(); ++stage) {
    for (char i = '0'; i < plan[stage]; ++i) {
      features.append(Conv2d({.out_channels = channels,
                              .kernel = 3,
                              .padding = 1,
                              .weight_initializer = kaiming_normal(FanMode::kOut)}));
      if (batch_norm) features.append(BatchNorm2d());
      features.append(Relu());
    }
    if (stage + 1 < plan.size() || with_pooling) features.append(MaxPool2d({.kernel = 2}));
    channels = std::min<std::int64_t>(2 * channels, 512);
  }
  return features;
}

Network vgg(std::string_view plan, bool batch_norm, const ModelOptions& options) {
  const Sequential classifier(linear(4096), Relu(), Dropout(), linear(4096), Relu(), Dropout(),
                              linear(options.classes));
  return build_network(Sequential()
                           .add("features", vgg_features(plan, batch_norm, true))
                           .add("avgpool", AdaptiveAveragePool2d(7))
                           .add("flatten", Flatten())
                           .add("classifier", classifier),
                       options);
}

std::vector<ModelEntry> vgg_models() {
  return {entry("11222", false, "vgg11", "8a719046", 69.020),
          entry("11222", true, "vgg11_bn", "6002323d", 70.370),
          entry("22222", false, "vgg13", "19584684", 69.928),
          entry("22222", true, "vgg13_bn", "abd245e5", 71.586),
          entry("22333", false, "vgg16", "397923af", 71.592),
          entry("22333", true, "vgg16_bn", "6c64b313", 73.360),
          entry("22444", false, "vgg19", "dcbb9e9d", 72.376),
          entry("22444", true, "vgg19_bn", "c79401a0", 74.218)};
}

}  // namespace cameo::zoo
