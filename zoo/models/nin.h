/// Network in Network (Lin, Chen & Yan 2014).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The CIFAR-10 network of the paper's section 4: three mlpconv blocks (a spatial convolution and
/// two 1x1 convolutions, "cascaded cross channel parametric pooling"), dropout between them, and
/// global average pooling of one map a class. Stride 4.
Network nin_cifar(const ModelOptions& options);

/// The authors' ImageNet network: four mlpconv blocks, the last of which makes the class maps.
/// Stride 32.
Network nin_imagenet(const ModelOptions& options);

/// The same idea sized for pictures like Scenes and Fashion-MNIST, with batch normalisation.
/// Stride 4.
Network nin_small(const ModelOptions& options);

std::vector<ModelEntry> nin_models();

}  // namespace cameo::zoo
