#include "zoo/models/family.h"

#include <cmath>
#include <utility>

namespace cameo::zoo {

Network build_network(const layers::Module& layers, const ModelOptions& options) {
  Builder builder(options.seed);
  const ValueId picture = builder.input("input", options.input_shape);
  return std::move(builder).finish(layers.build(builder, "", picture));
}

ModelInfo imagenet_info(std::string name, std::string description, std::int64_t minimum_size,
                        std::vector<PublicCheckpoint> checkpoints) {
  return {.name = std::move(name),
          .description = std::move(description),
          .input_shape = {3, 224, 224},
          .classes = 1000,
          .minimum_size = minimum_size,
          .preprocess = "imagenet",
          .class_names = "imagenet",
          .checkpoints = std::move(checkpoints)};
}

PublicCheckpoint pytorch_checkpoint(std::string file, double top1, std::int64_t resize) {
  std::string address = "https://download.pytorch.org/models/" + file;
  return {.file = std::move(file), .address = std::move(address), .top1 = top1, .resize = resize};
}

layers::Linear uniform_linear(std::int64_t in_features, std::int64_t out_features) {
  const Initializer initializer = uniform(1.0F / std::sqrt(static_cast<float>(in_features)));
  return layers::Linear({.out_features = out_features,
                         .weight_initializer = initializer,
                         .bias_initializer = initializer});
}

}  // namespace cameo::zoo
