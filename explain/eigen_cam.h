/// EigenCAM.
#pragma once

#include <string>
#include <utility>

#include "explain/explainer.h"

namespace cameo::explain {

struct EigenCamOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
};

/// ReLU of the first principal component of a layer's activations, `[H,W]` (Muhammad & Yeasin 2020,
/// Eigen-CAM). No gradient and no class: every target gets the same map. A principal component has
/// no sign of its own; here it is that of principal_projection().
class EigenCam final : public Explainer {
 public:
  explicit EigenCam(EigenCamOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  EigenCamOptions options_;
};

}  // namespace cameo::explain
