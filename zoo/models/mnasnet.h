/// MNASNet (Tan et al. 2019).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// MNASNet-B1, the searched network without squeeze-and-excitation, its channels multiplied by
/// `width`. Stride 32; "layers" is the last feature map.
Network mnasnet(double width, const ModelOptions& options);

/// Widths 0.5, 0.75, 1.0 and 1.3.
std::vector<ModelEntry> mnasnet_models();

}  // namespace cameo::zoo
