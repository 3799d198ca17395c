#include "explain/grad_cam_plus_plus.h"

#include <cmath>

#include "explain/channels.h"

namespace cameo::explain {

namespace {

/// α for a place where the gradient is g > 0 in a channel whose activations add up to `sum`.
double share(double g, double sum, GradCamPlusPlusWeights weights) {
  constexpr double kNegligible = 1e-6;
  if (weights == GradCamPlusPlusWeights::kTorchCam) return g * g;
  if (weights == GradCamPlusPlusWeights::kPytorchGradCam) {
    return g * g / (2.0 * g * g + sum * g * g * g + 1e-6);
  }
  const double denominator = 2.0 + sum * g;
  if (std::abs(denominator) <= kNegligible * (2.0 + std::abs(sum * g))) return 0.0;
  return 1.0 / denominator;
}

double weigh(std::span<const float> activations, std::span<const float> gradient,
             GradCamPlusPlusWeights weights) {
  double sum = 0.0;
  for (const float value : activations) sum += value;
  double weight = 0.0;
  double shares = 0.0;
  for (const float g : gradient) {
    if (g <= 0.0F) continue;
    const double alpha = share(g, sum, weights);
    weight += alpha * g;
    shares += alpha;
  }
  const bool normalised = weights == GradCamPlusPlusWeights::kOfficial && shares != 0.0;
  return normalised ? weight / shares : weight;
}

}  // namespace

const MethodInfo& GradCamPlusPlus::info() const {
  static const MethodInfo info = [] {
    MethodInfo result{
        .name = "gradcam++",
        .summary = "a layer's channels, weighted by their positive gradients, each by its share",
        .paper = "Chattopadhay, Sarkar, Howlader & Balasubramanian 2018, Grad-CAM++, equation 19",
        .kind = MapKind::kLayer,
        .options = layer_method_options(),
    };
    result.options.push_back(
        {"weights", "equation-19", "equation-19, official, pytorch-grad-cam or torch-cam"});
    return result;
  }();
  return info;
}

Tensor GradCamPlusPlus::contributions(const Tensor& activations, const Tensor& gradient) const {
  const Tensor weights = weigh_channels(
      activations, gradient,
      [&](std::span<const float> a, std::span<const float> g) { return weigh(a, g, weights_); });
  return weighted_channels(weights, activations);
}

}  // namespace cameo::explain
