/// Smooth Grad-CAM++.
#pragma once

#include <cstdint>
#include <string>

#include "explain/explainer.h"
#include "explain/noise.h"

namespace cameo::explain {

struct SmoothGradCamPlusPlusOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
  std::int64_t samples = 25;
  double noise = 0.15;  ///< standard deviation, in `unit`
  NoiseUnit unit = NoiseUnit::kRange;
  std::uint64_t seed = 0;
  std::int64_t batch = 8;  ///< samples in memory at once
};

/// Grad-CAM++ with g, g² and g³ each averaged over noisy copies of the picture: w_k = sum over
/// places of α·ReLU(mean g) with α = mean g²/(2·mean g² + mean g³·sum of A_k), A of the picture
/// itself (Omeiza, Speakman, Cintas & Weldermariam 2019, Smooth Grad-CAM++, equations 4 to 7). α is
/// 0 where its denominator vanishes. Runs the network again.
class SmoothGradCamPlusPlus final : public Explainer {
 public:
  /// Throws ArgumentError unless samples and batch are positive and noise is not negative.
  explicit SmoothGradCamPlusPlus(SmoothGradCamPlusPlusOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  SmoothGradCamPlusPlusOptions options_;
};

}  // namespace cameo::explain
