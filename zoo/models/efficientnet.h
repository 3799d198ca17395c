/// EfficientNet (Tan & Le 2019).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The network of table 1, without the stochastic depth of its training. Its activation is SiLU.
/// Stride 32; "features" is the last feature map.
Network efficientnet_b0(const ModelOptions& options);

std::vector<ModelEntry> efficientnet_models();

}  // namespace cameo::zoo
