/// Guided Grad-CAM.
#pragma once

#include <string>
#include <utility>

#include "explain/explainer.h"
#include "explain/grad_cam.h"
#include "explain/resize_map.h"

namespace cameo::explain {

struct GuidedGradCamOptions {
  std::string layer = "auto";  ///< as in GradCamOptions
  Upsampling upsampling = Upsampling::kHalfPixel;
};

/// Guided backpropagation times the Grad-CAM map brought to the picture's size, `[C,H,W]`
/// (Selvaraju et al. 2017, section 3.2). The map is ReLU'd before it is resized and not normalised;
/// the signed map takes Grad-CAM's before that ReLU.
class GuidedGradCam final : public Explainer {
 public:
  explicit GuidedGradCam(GuidedGradCamOptions options = {})
      : options_(std::move(options)), grad_cam_({.layer = options_.layer}) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  GuidedGradCamOptions options_;
  GradCam grad_cam_;
};

}  // namespace cameo::explain
