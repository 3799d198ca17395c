/// A small network for class activation maps.
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// Five 3x3 convolutions and a 1x1 convolution with batch normalisation, global average pooling and
/// one linear layer: the head that CAM is defined for (Zhou et al. 2016, section 2). Stride 4, so a
/// picture of 64x64 gives maps of 16x16. "layer6" is the last feature map.
Network gapnet(const ModelOptions& options);

std::vector<ModelEntry> gapnet_models();

}  // namespace cameo::zoo
