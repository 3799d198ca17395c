/// LIME for pictures.
#pragma once

#include <cstdint>

#include "explain/coalitions.h"
#include "explain/perturbation.h"

namespace cameo::explain {

struct LimeOptions {
  PieceOptions pieces{.own_mean = true, .scoring = {.output = Output::kProbability}};
  std::int64_t samples = 1000;
  double kernel_width = 0.25;
  double penalty = 1.0;  ///< of the ridge regression
  std::uint64_t seed = 0;
};

/// The coefficient of each superpixel, at its pixels, `[H,W]`, in a linear model of the score over
/// which superpixels are kept (Ribeiro, Singh & Guestrin 2016, "Why Should I Trust You?", equation
/// 1 and section 3.4). Half of the superpixels are kept at random, the first sample keeps all;
/// samples are weighted by sqrt(exp(-d²/width²)) of their cosine distance d from that one; ridge
/// regression over all superpixels, intercept free.
class Lime final : public Perturbation {
 public:
  /// Throws ArgumentError for fewer than two samples or a width that is not positive.
  explicit Lime(LimeOptions options = {});
  const MethodInfo& info() const override;

 private:
  void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
               Explanation& result) const override;
  LimeOptions options_;
};

}  // namespace cameo::explain
