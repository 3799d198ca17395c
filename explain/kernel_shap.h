/// Kernel SHAP for pictures.
#pragma once

#include <cstdint>

#include "explain/coalitions.h"
#include "explain/perturbation.h"

namespace cameo::explain {

struct KernelShapOptions {
  PieceOptions pieces{};
  std::int64_t samples = 1000;  ///< besides the full and the empty picture
  std::uint64_t seed = 0;
};

/// The Shapley value of each superpixel, at its pixels, `[H,W]` (Lundberg & Lee 2017, A Unified
/// Approach to Interpreting Model Predictions, theorem 2). Exact where all coalitions fit into
/// `samples`; otherwise estimated from coalitions drawn in proportion to the Shapley kernel, each
/// with its complement. Either way the values of the superpixels add up to score(x) - score(nothing
/// kept), which the regression holds as a constraint.
class KernelShap final : public Perturbation {
 public:
  /// Throws ArgumentError for fewer than two samples; explaining does where there are more
  /// superpixels than half the samples.
  explicit KernelShap(KernelShapOptions options = {});
  const MethodInfo& info() const override;

 private:
  void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
               Explanation& result) const override;
  KernelShapOptions options_;
};

}  // namespace cameo::explain
