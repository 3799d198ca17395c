/// How long a network takes for what people do with it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/network.h"
#include "layers/summary.h"

namespace cameo::tools {

/// Times of one piece of work, in milliseconds.
struct Timing {
  double median = 0.0;
  double least = 0.0;
};

/// Runs `work` twice to warm up (the second run keeps the weights prepared) and `repeat` times for
/// the clock.
Timing time_repeatedly(int repeat, const std::function<void()>& work);

/// Pictures of a shape `[N,C,H,W]`, between -1 and 1.
Tensor random_pictures(const Shape& shape, std::uint64_t seed);
/// Scores of pictures `[N,C,H,W]`, nothing kept.
void run_forward(const Network& network, const Tensor& pictures);
/// Forward and the gradient of the best class's score with respect to the pictures, with the
/// guided ReLU rule.
void run_input_gradient(const Network& network, const Tensor& pictures);
/// The whole Grad-CAM of the best class at the last layer with an extent, picture by picture.
/// Throws ArgumentError where the network has no such layer.
void run_gradcam(const Network& network, const Tensor& pictures);
/// Steps of stochastic gradient descent with momentum on the same labelled pictures.
std::function<void()> training_step(Network& network, const Tensor& pictures);

/// What ran as one kernel.
struct LayerTiming {
  std::string name;  ///< of the last value computed
  std::string type;  ///< "Conv+BatchNormalization+Relu"
  Timing timing;
  std::int64_t multiply_adds = 0;
};

/// A forward pass, step by step.
std::vector<LayerTiming> time_layers(const Network& network, const Tensor& pictures, int repeat);

}  // namespace cameo::tools
