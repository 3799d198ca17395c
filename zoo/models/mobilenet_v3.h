/// MobileNet v3 (Howard et al. 2019).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The network of table 1. Half of its rectifiers are hard swishes. Stride 32; "features" is the
/// last feature map.
Network mobilenet_v3_large(const ModelOptions& options);

/// The network of table 2.
Network mobilenet_v3_small(const ModelOptions& options);

std::vector<ModelEntry> mobilenet_v3_models();

}  // namespace cameo::zoo
