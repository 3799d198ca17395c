/// AlexNet (Krizhevsky, Sutskever & Hinton 2012) as in "One weird trick" (Krizhevsky 2014).
#pragma once

#include "layers/sequential.h"
#include "zoo/models/family.h"

namespace cameo::zoo {

/// The convolutional part, to "features.11" (the last ReLU) or, `with_pooling`, "features.12".
layers::Sequential alexnet_features(const ModelOptions& options, bool with_pooling);

/// The one-tower variant of 2014, section 5, without local response normalisation. Other input
/// sizes are averaged to 6x6 before the classifier.
Network alexnet(const ModelOptions& options);

std::vector<ModelEntry> alexnet_models();

}  // namespace cameo::zoo
