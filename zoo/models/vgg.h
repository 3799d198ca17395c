/// The networks of the Visual Geometry Group (Simonyan & Zisserman 2015).
#pragma once

#include <string_view>

#include "layers/sequential.h"
#include "zoo/models/family.h"

namespace cameo::zoo {

/// The convolutional part: each letter of `plan` is a stage of so many 3x3 convolutions ("22333" is
/// configuration D, VGG-16) of 64, 128, 256, 512 and 512 channels with ReLU, and max pooling;
/// behind the last stage only `with_pooling`.
layers::Sequential vgg_features(std::string_view plan, bool batch_norm, bool with_pooling);

/// Configurations A, B, D and E of table 1. Stride 32; the last ReLU before the last pooling is
/// "features.29" in VGG-16. Other input sizes are averaged to 7x7 before the classifier.
Network vgg(std::string_view plan, bool batch_norm, const ModelOptions& options);

/// VGG-11, -13, -16 and -19, each with and without batch normalisation.
std::vector<ModelEntry> vgg_models();

}  // namespace cameo::zoo
