/// RISE.
#pragma once

#include <cstdint>

#include "explain/perturbation.h"

namespace cameo::explain {

struct RiseOptions {
  std::int64_t masks = 4000;
  std::int64_t cells = 7;  ///< of a mask, each way, before it is enlarged
  double keep = 0.5;       ///< the probability that a cell is kept
  std::uint64_t seed = 0;
  ScoringOptions scoring{.output = Output::kProbability};
};

/// sum over i of score(x ⊙ m_i)·m_i / (N·p) with random soft masks m_i, `[H,W]` (Petsiuk, Das &
/// Saenko 2018, RISE, equation 6). A mask is a grid of zeros and ones, enlarged bilinearly and
/// shifted by less than a cell.
class Rise final : public Perturbation {
 public:
  /// Throws ArgumentError for counts below 1, more than 1024 cells and a probability outside 0…1, 0
  /// excluded.
  explicit Rise(RiseOptions options = {});
  const MethodInfo& info() const override;

 private:
  void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
               Explanation& result) const override;
  RiseOptions options_;
};

/// Mask `index` of the options' seed, `[height,width]` in 0…1.
Tensor rise_mask(const RiseOptions& options, std::int64_t index, std::int64_t height,
                 std::int64_t width);

}  // namespace cameo::explain
