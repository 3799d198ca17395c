/// The networks of the CAM paper (Zhou et al. 2016).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// Section 3: a network cut behind its last feature map of stride 16 and given gap_head(). Names
/// are those that add_gap_head() gives the uncut network, whose public weights fit the rest.
/// "gap_head.relu" is the last feature map.
Network alexnet_gap(const ModelOptions& options);
Network vgg16_gap(const ModelOptions& options);
Network googlenet_gap(const ModelOptions& options);

std::vector<ModelEntry> gap_models();

}  // namespace cameo::zoo
