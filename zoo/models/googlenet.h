/// GoogLeNet (Szegedy et al. 2015).
#pragma once

#include "layers/sequential.h"
#include "zoo/models/family.h"

namespace cameo::zoo {

/// From "transform_input" to "inception4e", the last feature map of stride 16.
layers::Sequential googlenet_features();

/// The network of table 1 with batch normalisation, as in torchvision: 3x3 convolutions in place of
/// 5x5, without the auxiliary classifiers, which serve training alone. The picture passes
/// TransformInput first. Stride 32; "inception5b" is the last feature map.
Network googlenet(const ModelOptions& options);

std::vector<ModelEntry> googlenet_models();

}  // namespace cameo::zoo
