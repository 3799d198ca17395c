/// The convolution of the Inception networks.
#pragma once

#include "layers/modules.h"

namespace cameo::zoo {

/// Conv2d without bias, BatchNorm2d of epsilon 1e-3 (Ioffe & Szegedy 2015) and Relu, named "conv",
/// "bn" and "relu".
layers::Sequential basic_conv(layers::Conv2dOptions options);

/// N(0, deviation²) weights and PyTorch's usual bias, for the last layer.
layers::Linear normal_linear(std::int64_t in_features, std::int64_t out_features, float deviation);

}  // namespace cameo::zoo
