/// Shapley-CAM.
#pragma once

#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

using ShapleyCamOptions = LayerMethodOptions;

/// ReLU(sum over k of w_k·A_k), `[H,W]`, with w_k the spatial mean of g - H·A/2, where g is the
/// score's gradient at the layer and H its Hessian: Grad-CAM with the second-order term of the
/// score's expansion at 0, which is the Shapley value of a quadratic (Cai 2025, CAMs as Shapley
/// Value-based Explainers). H·A is 0 where the score is piecewise linear in the layer, as it is
/// past convolutions, ReLUs, pooling and linear layers, and then nothing is run; otherwise it is
/// the central difference of two gradients, at A·(1 ± 1/128).
class ShapleyCam final : public LayerMethod {
 public:
  explicit ShapleyCam(ShapleyCamOptions options = {}) : LayerMethod(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;

 protected:
  /// g - H·A/2.
  Tensor layer_gradient(const Tape& tape, const Target& target, ValueId layer) const override;
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

/// Is `of` a piecewise linear function of `layer`, all else being fixed? False wherever an op after
/// the layer is not known to be one.
bool piecewise_linear(const Tape& tape, ValueId layer, ValueId of);

}  // namespace cameo::explain
