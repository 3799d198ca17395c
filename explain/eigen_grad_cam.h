/// Eigen-Grad-CAM.
#pragma once

#include "explain/layer_method.h"

namespace cameo::explain {

struct EigenGradCamOptions {
  std::string layer = "auto";  ///< as in LayerMethodOptions
};

/// ReLU of the first principal component of g·A, `[H,W]` (as pytorch-grad-cam defines it): EigenCAM
/// with the target's gradient. Its sign is that of principal_projection().
class EigenGradCam final : public LayerMethod {
 public:
  explicit EigenGradCam(EigenGradCamOptions options = {})
      : LayerMethod({.layer = std::move(options.layer), .eigen_smooth = true}) {}
  const MethodInfo& info() const override;

 protected:
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;
};

}  // namespace cameo::explain
