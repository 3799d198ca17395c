/// Integrated gradients.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "explain/baselines.h"
#include "explain/explainer.h"

namespace cameo::explain {

/// How the path from the baseline to the picture is sampled.
enum class PathRule {
  kGaussLegendre,
  kLeft,
  kRight,
  kMidpoint,
  kTrapezoid,
  /// Captum's trapezoid, whose weights add up to (n-1)/n, so that the map is too small by that.
  kCaptumTrapezoid,
};
inline constexpr std::array<std::string_view, 6> kPathRuleNames{
    "gauss-legendre", "left", "right", "midpoint", "trapezoid", "captum-trapezoid"};

/// Where on 0…1 the integrand is taken, and its weight.
struct PathPoint {
  double at = 0.0;
  double weight = 0.0;
};

/// `steps` points. Throws ArgumentError for less than one, and for a trapezoid of less than two.
std::vector<PathPoint> path_points(PathRule rule, std::int64_t steps);

struct IntegratedGradientsOptions {
  std::int64_t steps = 50;
  PathRule rule = PathRule::kGaussLegendre;
  Baseline baseline = Baseline::kZero;
  std::int64_t samples = 10;  ///< baselines averaged over where they are random
  std::uint64_t seed = 0;
  std::int64_t batch = 8;  ///< points in memory at once
};

/// (x - x')·(integral of the gradient along the straight line from the baseline x' to the picture
/// x), with signs, `[C,H,W]` (Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep
/// Networks, equation 1). Explanation::residual tells how far the map is from adding up to the
/// score less the baseline's. Runs the network again.
class IntegratedGradients final : public Explainer {
 public:
  /// Throws ArgumentError like path_points(), and unless samples and batch are positive.
  explicit IntegratedGradients(IntegratedGradientsOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  IntegratedGradientsOptions options_;
  std::vector<PathPoint> points_;
};

}  // namespace cameo::explain
