/// Occlusion: cover a part, look what the score loses.
#pragma once

#include "explain/fill.h"
#include "explain/perturbation.h"

namespace cameo::explain {

struct OcclusionOptions {
  std::int64_t patch = 0;   ///< side of the square in pixels; 0: 0.15 of the shorter side, rounded
  std::int64_t stride = 0;  ///< from window to window; 0: a quarter of the patch, at least 1
  Fill fill = Fill::kZero;
  /// False: only windows that lie in the picture. True: one more where pixels are left over at the
  /// right and bottom, cut off at the edge, as Captum does.
  bool clipped_windows = false;
  /// The map is a value per window, `[rows,columns]`, or per pixel the mean over the windows that
  /// cover it, `[H,W]`, as Captum has it; pixels that none covers have 0.
  bool per_pixel = false;
  ScoringOptions scoring{};
};

/// score(x) - score(x with the window filled) for every window, all channels at once (Zeiler &
/// Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2). Positive where
/// the covered part spoke for the class.
class Occlusion final : public Perturbation {
 public:
  /// Throws ArgumentError for a negative size.
  explicit Occlusion(OcclusionOptions options = {});
  const MethodInfo& info() const override;

 private:
  void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
               Explanation& result) const override;
  void perturb_network(const Tape& tape, const Target& target, Explanation& result) const override;
  OcclusionOptions options_;
};

}  // namespace cameo::explain
