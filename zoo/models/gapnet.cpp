#include "zoo/models/gapnet.h"

#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Sequential conv3x3(std::int64_t channels, std::int64_t stride = 1) {
  return conv_bn_relu({.out_channels = channels, .kernel = 3, .stride = stride, .padding = 1});
}

}  // namespace

Sequential gapnet_early_layers() {
  // Max pooling early matters: without it the same network needs several times the pictures to
  // learn.
  return Sequential()
      .add("layer1", conv3x3(16, 2))
      .add("layer2", conv3x3(20))
      .add("pool", MaxPool2d({.kernel = 2}));
}

Sequential gapnet_late_layers() {
  return Sequential()
      .add("layer3", conv3x3(32))
      .add("layer4", conv3x3(48))
      .add("layer5", conv3x3(48))
      .add("layer6", conv_bn_relu({.out_channels = 96, .kernel = 1}));
}

Sequential gapnet_trunk() {
  return Sequential().add("", gapnet_early_layers()).add("", gapnet_late_layers());
}

Network gapnet(const ModelOptions& options) {
  const Sequential layers = gapnet_trunk()
                                .add("gap", GlobalAveragePool())
                                .add("flatten", Flatten())
                                .add("fc", Linear({.out_features = options.classes}));
  return build_network(layers, options);
}

std::vector<ModelEntry> gapnet_models() {
  return {{{.name = "gapnet",
            .description =
                "convolutions, batch normalisation, GAP and one linear layer, as CAM wants it "
                "(Zhou et al. 2016)",
            .input_shape = {3, 64, 64},
            .classes = 10,
            .minimum_size = 4,
            .built_in_weights = "Scenes"},
           gapnet}};
}

}  // namespace cameo::zoo
