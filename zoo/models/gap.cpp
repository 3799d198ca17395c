#include "zoo/models/gap.h"

#include "zoo/gap_head.h"
#include "zoo/models/alexnet.h"
#include "zoo/models/googlenet.h"
#include "zoo/models/vgg.h"

namespace cameo::zoo {

namespace {

layers::Sequential head(const ModelOptions& options) {
  return gap_head({.classes = options.classes});
}

}  // namespace

Network alexnet_gap(const ModelOptions& options) {
  return build_network(layers::Sequential()
                           .add("features", alexnet_features(options, false))
                           .add("gap_head", head(options)),
                       options);
}

Network vgg16_gap(const ModelOptions& options) {
  return build_network(layers::Sequential()
                           .add("features", vgg_features("22333", false, false))
                           .add("gap_head", head(options)),
                       options);
}

Network googlenet_gap(const ModelOptions& options) {
  return build_network(googlenet_features().add("gap_head", head(options)), options);
}

std::vector<ModelEntry> gap_models() {
  return {
      {imagenet_info("alexnet_gap", "AlexNet cut for CAM (Zhou et al. 2016)", 31, {}), alexnet_gap},
      {imagenet_info("vgg16_gap", "VGG-16 cut for CAM (Zhou et al. 2016)", 16, {}), vgg16_gap},
      {imagenet_info("googlenet_gap", "GoogLeNet cut for CAM (Zhou et al. 2016)", 15, {}),
       googlenet_gap}};
}

}  // namespace cameo::zoo
