/// Feature ablation.
#pragma once

#include "explain/coalitions.h"
#include "explain/perturbation.h"

namespace cameo::explain {

/// score(x) - score(x without a superpixel), at every pixel of that superpixel, `[H,W]`: occlusion
/// with pieces that follow the picture.
class FeatureAblation final : public Perturbation {
 public:
  explicit FeatureAblation(PieceOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;

 private:
  void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
               Explanation& result) const override;
  PieceOptions options_;
};

}  // namespace cameo::explain
