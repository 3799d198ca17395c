/// Inception v3 (Szegedy et al. 2016, Rethinking the Inception architecture).
#pragma once

#include "zoo/models/family.h"

namespace cameo::zoo {

/// The network of table 1 without the auxiliary classifier, which serves training alone. The
/// picture, 299x299 as usual, passes TransformInput first. Stride 32; "Mixed_7c" is the last
/// feature map.
Network inception_v3(const ModelOptions& options);

std::vector<ModelEntry> inception_models();

}  // namespace cameo::zoo
