/// ShuffleNet v2 (Ma et al. 2018).
#pragma once

#include <array>

#include "zoo/models/family.h"

namespace cameo::zoo {

/// Channels of stage2, stage3, stage4 and conv5.
using ShuffleNetChannels = std::array<std::int64_t, 4>;

/// The network of table 5 from the units of figure 3 (c) and (d). Stride 32; "conv5" is the last
/// feature map.
Network shufflenet_v2(const ShuffleNetChannels& channels, const ModelOptions& options);

/// Complexities x0.5, x1.0, x1.5 and x2.0.
std::vector<ModelEntry> shufflenet_v2_models();

}  // namespace cameo::zoo
