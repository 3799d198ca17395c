/// MobileNet v2 (Sandler et al. 2018).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The network of table 2. Its rectifiers are ReLU6, which is Clip. Stride 32; "features" is the
/// last feature map.
Network mobilenet_v2(const ModelOptions& options);

std::vector<ModelEntry> mobilenet_models();

}  // namespace cameo::zoo
