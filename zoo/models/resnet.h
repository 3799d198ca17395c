/// Residual networks (He et al. 2016).
#pragma once

#include <array>

#include "zoo/models/family.h"

namespace cameo::zoo {

struct ResNetOptions {
  std::array<std::int64_t, 4> blocks{2, 2, 2, 2};  ///< in layer1 … layer4
  bool bottleneck = false;  ///< blocks of three convolutions (figure 5, right) in place of two
  std::int64_t groups = 1;  ///< cardinality of the 3x3 convolutions (ResNeXt, Xie et al. 2017)
  std::int64_t width_per_group = 64;  ///< 128: twice as wide (Zagoruyko & Komodakis 2016)
};

/// The ImageNet networks of table 1 under torchvision's names, the stride of a bottleneck in its
/// 3x3 convolution. Stride 32; "layer4" is the last feature map.
Network resnet(const ResNetOptions& resnet, const ModelOptions& options);

/// ResNet-18 to -152, ResNeXt-50 32x4d and Wide ResNet-50-2.
std::vector<ModelEntry> resnet_models();

}  // namespace cameo::zoo
