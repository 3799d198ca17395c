/// Gradient SHAP, also known as expected gradients.
#pragma once

#include <cstdint>

#include "explain/baselines.h"
#include "explain/explainer.h"

namespace cameo::explain {

struct GradientShapOptions {
  std::int64_t samples = 50;
  double noise = 0.0;  ///< as in SmoothGradOptions, added to the picture of each sample
  Baseline baseline = Baseline::kUniform;
  std::uint64_t seed = 0;
  std::int64_t batch = 8;  ///< samples in memory at once
};

/// The mean over samples of (x - x')·(the gradient at x' + a·(x - x')), with x the picture, noisy
/// where that is asked for, x' a baseline and a uniform in 0…1, `[C,H,W]` (Lundberg & Lee 2017, A
/// Unified Approach to Interpreting Model Predictions; Erion et al. 2021, Improving Performance of
/// Deep Learning Models with Axiomatic Attribution Priors and Expected Gradients, equation 2): in
/// expectation it adds up to the score less the baselines' mean; Explanation::residual tells how
/// far it is from that. Runs the network again.
class GradientShap final : public Explainer {
 public:
  /// Throws ArgumentError unless samples and batch are positive and noise is not negative.
  explicit GradientShap(GradientShapOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  GradientShapOptions options_;
};

}  // namespace cameo::explain
