/// Gradients averaged over noisy copies of the picture.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "explain/explainer.h"
#include "explain/noise.h"

namespace cameo::explain {

/// What becomes of the gradients of the noisy copies.
enum class GradientStatistic { kMean, kSquared, kVariance };
inline constexpr std::array<std::string_view, 3> kGradientStatisticNames{"mean", "squared",
                                                                         "variance"};

struct SmoothGradOptions {
  std::int64_t samples = 50;
  double noise = 0.15;  ///< standard deviation, in `unit`
  NoiseUnit unit = NoiseUnit::kRange;
  GradientStatistic statistic = GradientStatistic::kMean;
  std::uint64_t seed = 0;
  std::int64_t batch = 8;  ///< samples in memory at once
};

/// The mean of the gradients at noisy copies of the picture, with signs, `[C,H,W]` (Smilkov et al.
/// 2017, SmoothGrad, section 3); or the mean of their squares (Hooker et al. 2019, A Benchmark for
/// Interpretability Methods); or their variance (Adebayo et al. 2018, Local Explanation Methods for
/// Deep Neural Networks Lack Sensitivity to Parameter Values, VarGrad). Runs the network again.
class SmoothGrad final : public Explainer {
 public:
  /// Throws ArgumentError unless samples and batch are positive and noise is not negative.
  explicit SmoothGrad(SmoothGradOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  SmoothGradOptions options_;
};

}  // namespace cameo::explain
