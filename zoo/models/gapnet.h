/// A small network for class activation maps.
#pragma once

#include "layers/sequential.h"
#include "zoo/models/family.h"

namespace cameo::zoo {

/// gapnet() up to its pooling, "layer1" to "pool": `[N,3,H,W]` to `[N,20,H/4,W/4]`.
layers::Sequential gapnet_early_layers();
/// Its convolutions after that, "layer3" to "layer6": `[N,20,H,W]` to `[N,96,H,W]`.
layers::Sequential gapnet_late_layers();
/// Both: gapnet() without its head.
layers::Sequential gapnet_trunk();

/// Five 3x3 convolutions and a 1x1 convolution with batch normalisation, global average pooling and
/// one linear layer: the head that CAM is defined for (Zhou et al. 2016, section 2). Stride 4, so a
/// picture of 64x64 gives maps of 16x16. "layer6" is the last feature map.
Network gapnet(const ModelOptions& options);

std::vector<ModelEntry> gapnet_models();

}  // namespace cameo::zoo
