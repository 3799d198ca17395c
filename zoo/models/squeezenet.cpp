#include "zoo/models/squeezenet.h"

#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Conv2d conv(std::int64_t channels, std::int64_t kernel, std::int64_t padding = 0,
            std::int64_t stride = 1) {
  return Conv2d({.out_channels = channels,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = padding,
                 .weight_initializer = kaiming_uniform()});
}

MaxPool2d max_pool() { return MaxPool2d({.kernel = 3, .stride = 2, .ceil_mode = true}); }

/// The Fire module (section 3.2), 1x1 and 3x3 expansions of equal width.
Sequential fire(std::int64_t squeeze, std::int64_t expand) {
  const Branches expansion =
      Branches()
          .add("",
               Sequential().add("expand1x1", conv(expand, 1)).add("expand1x1_activation", Relu()))
          .add("", Sequential()
                       .add("expand3x3", conv(expand, 3, 1))
                       .add("expand3x3_activation", Relu()));
  return Sequential()
      .add("squeeze", conv(squeeze, 1))
      .add("squeeze_activation", Relu())
      .add("", expansion);
}

Network squeezenet(const Sequential& features, const ModelOptions& options) {
  const Conv2d class_maps(
      {.out_channels = options.classes, .kernel = 1, .weight_initializer = normal(0.01F)});
  return build_network(
      Sequential()
          .add("features", features)
          .add("classifier", Sequential(Dropout(), class_maps, Relu(), GlobalAveragePool()))
          .add("flatten", Flatten()),
      options);
}

}  // namespace

Network squeezenet1_0(const ModelOptions& options) {
  return squeezenet(Sequential(conv(96, 7, 0, 2), Relu(), max_pool(), fire(16, 64), fire(16, 64),
                               fire(32, 128), max_pool(), fire(32, 128), fire(48, 192),
                               fire(48, 192), fire(64, 256), max_pool(), fire(64, 256)),
                    options);
}

Network squeezenet1_1(const ModelOptions& options) {
  return squeezenet(Sequential(conv(64, 3, 0, 2), Relu(), max_pool(), fire(16, 64), fire(16, 64),
                               max_pool(), fire(32, 128), fire(32, 128), max_pool(), fire(48, 192),
                               fire(48, 192), fire(64, 256), fire(64, 256)),
                    options);
}

std::vector<ModelEntry> squeezenet_models() {
  return {{imagenet_info("squeezenet1_0", "Fire modules of few channels (Iandola et al. 2016)", 21,
                         {pytorch_checkpoint("squeezenet1_0-b66bff10.pth", 58.092),
                          pytorch_checkpoint("squeezenet1_0-a815701f.pth", 58.092)}),
           squeezenet1_0},
          {imagenet_info("squeezenet1_1",
                         "SqueezeNet with 2.4 times fewer multiply-adds (Iandola et al. 2016)", 17,
                         {pytorch_checkpoint("squeezenet1_1-b8a52dc0.pth", 58.178),
                          pytorch_checkpoint("squeezenet1_1-f364aa15.pth", 58.178)}),
           squeezenet1_1}};
}

}  // namespace cameo::zoo
