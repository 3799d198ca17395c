/// SqueezeNet (Iandola et al. 2016).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The network of the paper's table 1. The scores are the averages of rectified class maps, so none
/// is negative. Stride 16; "features.12" is the last feature map before the class maps.
Network squeezenet1_0(const ModelOptions& options);

/// The authors' later version: smaller first convolution, earlier pooling, 2.4 times less work.
Network squeezenet1_1(const ModelOptions& options);

std::vector<ModelEntry> squeezenet_models();

}  // namespace cameo::zoo
