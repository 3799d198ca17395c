/// Grad-CAM++.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

/// How a channel's weight is made from its positive gradients.
enum class GradCamPlusPlusWeights {
  kEquation19,      ///< as the paper states it
  kOfficial,        ///< as its authors' code: α is divided by its sum over positive gradients
  kPytorchGradCam,  ///< 1e-6 added to the denominator
  kTorchCam,        ///< what torch-cam computes, whose division has no effect: Σ ReLU(g)³
};
inline constexpr std::array<std::string_view, 4> kGradCamPlusPlusWeightsNames{
    "equation-19", "official", "pytorch-grad-cam", "torch-cam"};

struct GradCamPlusPlusOptions {
  LayerMethodOptions layer{};
  GradCamPlusPlusWeights weights = GradCamPlusPlusWeights::kEquation19;
};

/// ReLU(sum over k of w_k·A_k) with w_k = sum over places of α·ReLU(g) and
/// α = g²/(2g² + g³·sum of A_k) = 1/(2 + g·sum of A_k), where g is the gradient of the score
/// (Chattopadhay et al. 2018, Grad-CAM++, equations 10 and 19, for the score passed through an
/// exponential). α is 0 where its denominator vanishes, which takes a negative sum.
class GradCamPlusPlus final : public LayerMethod {
 public:
  explicit GradCamPlusPlus(GradCamPlusPlusOptions options = {})
      : LayerMethod(std::move(options.layer)), weights_(options.weights) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;

 private:
  GradCamPlusPlusWeights weights_;
};

}  // namespace cameo::explain
