/// What the files of the architectures share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "layers/linear.h"
#include "zoo/models/models.h"

namespace cameo::zoo {

/// One row of the registry.
struct ModelEntry {
  ModelInfo info;
  std::function<Network(const ModelOptions&)> build;
};

/// The network of one module that takes the picture, "input".
Network build_network(const layers::Module& layers, const ModelOptions& options);

/// An ImageNet classifier for 3x224x224 and 1000 classes.
ModelInfo imagenet_info(std::string name, std::string description, std::int64_t minimum_size,
                        std::vector<PublicCheckpoint> checkpoints);

/// One of the files that download.pytorch.org publishes.
PublicCheckpoint pytorch_checkpoint(std::string file, double top1, std::int64_t resize = 0);

/// Weights and bias from U(±1/sqrt(in_features)), PyTorch's default.
layers::Linear uniform_linear(std::int64_t in_features, std::int64_t out_features);

}  // namespace cameo::zoo
