#include "zoo/models/alexnet.h"

#include <cmath>

#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

struct Conv {
  std::int64_t in_channels;
  std::int64_t out_channels;
  std::int64_t kernel;
  std::int64_t stride = 1;
};

Conv2d conv(const Conv& conv) {
  const auto fan_in = static_cast<float>(conv.in_channels * conv.kernel * conv.kernel);
  const Initializer initializer = uniform(1.0F / std::sqrt(fan_in));
  return Conv2d({.out_channels = conv.out_channels,
                 .kernel = conv.kernel,
                 .stride = conv.stride,
                 .padding = conv.stride > 1 ? 2 : conv.kernel / 2,
                 .weight_initializer = initializer,
                 .bias_initializer = initializer});
}

MaxPool2d max_pool() { return MaxPool2d({.kernel = 3, .stride = 2}); }

}  // namespace

Sequential alexnet_features(const ModelOptions& options, bool with_pooling) {
  Sequential features(conv({options.input_shape[0], 64, 11, 4}), Relu(), max_pool(),
                      conv({64, 192, 5}), Relu(), max_pool(), conv({192, 384, 3}), Relu(),
                      conv({384, 256, 3}), Relu(), conv({256, 256, 3}), Relu());
  if (with_pooling) features.append(max_pool());
  return features;
}

Network alexnet(const ModelOptions& options) {
  const Sequential classifier(Dropout(), uniform_linear(std::int64_t{256} * 6 * 6, 4096), Relu(),
                              Dropout(), uniform_linear(4096, 4096), Relu(),
                              uniform_linear(4096, options.classes));
  return build_network(Sequential()
                           .add("features", alexnet_features(options, true))
                           .add("avgpool", AdaptiveAveragePool2d(6))
                           .add("flatten", Flatten())
                           .add("classifier", classifier),
                       options);
}

std::vector<ModelEntry> alexnet_models() {
  return {{imagenet_info("alexnet", "AlexNet in one tower (Krizhevsky 2014)", 63,
                         {pytorch_checkpoint("alexnet-owt-7be5be79.pth", 56.522),
                          pytorch_checkpoint("alexnet-owt-4df8aa71.pth", 56.522)}),
           alexnet}};
}

}  // namespace cameo::zoo
