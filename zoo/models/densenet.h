/// Densely connected networks (Huang et al. 2017).
#pragma once

#include <array>

#include "zoo/models/family.h"

namespace cameo::zoo {

struct DenseNetOptions {
  std::array<std::int64_t, 4> layers{6, 12, 24, 16};  ///< in denseblock1 … denseblock4
  std::int64_t growth_rate = 32;                      ///< channels that each layer adds
  std::int64_t first_channels = 64;
};

/// DenseNet-BC of table 1: every layer of a block sees the outputs of all before it (equation 2).
/// Stride 32; "features" is the last feature map, "relu" the same rectified.
Network densenet(const DenseNetOptions& densenet, const ModelOptions& options);

/// DenseNet-121, -161, -169 and -201.
std::vector<ModelEntry> densenet_models();

}  // namespace cameo::zoo
