/// Residual networks for CIFAR-10 (He et al. 2016, section 4.2).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// `blocks` pairs of 3x3 convolutions in each of three stages of 16, 32 and 64 channels: 6·blocks+2
/// layers. Shortcuts have no parameters: every other pixel, zeros for the new channels (option A).
/// Names as in Y. Idelbayev's public PyTorch implementation. Stride 4; "layer3" is the last feature
/// map.
Network resnet_cifar(std::int64_t blocks, const ModelOptions& options);

/// ResNet-20, -32, -44, -56 and -110.
std::vector<ModelEntry> resnet_cifar_models();

}  // namespace cameo::zoo
