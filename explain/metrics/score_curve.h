/// Deletion and insertion: how the score changes while pixels are replaced in the order of their
/// relevance.
#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "explain/scores.h"

namespace cameo::explain {

/// Scores along a way from one picture to another, both ends included.
struct ScoreCurve {
  std::vector<double> share{};   ///< of the pixels replaced, 0 … 1
  std::vector<double> scores{};  ///< of the target after that

  /// The area under the curve by the trapezoid rule: the mean score of the way.
  double area() const;
};

struct ScoreCurveOptions {
  std::int64_t pixels = 0;  ///< replaced between two scores; 0: as many as the picture is wide
  std::int64_t steps = 0;   ///< in place of `pixels`: so many steps of the same size, rounded up
  ScoringOptions scoring{.output = Output::kProbability};
};

/// Scores while the pixels of `from` `[1,C,H,W]` are replaced by those of `to`, the most relevant
/// of `relevance` `[H,W]` first, of equal ones the first in reading order. Deletion goes from the
/// picture to a picture of nothing, insertion from there (or from a blurred picture) to the picture
/// (Petsiuk, Das & Saenko 2018, RISE). Throws ShapeError where the shapes do not fit,
/// and what score_pictures() throws.
ScoreCurve score_curve(const ScoreFunction& scores, const Tensor& from, const Tensor& to,
                       const Tensor& relevance, const Target& target,
                       const ScoreCurveOptions& options = {});

/// The picture `[1,C,H,W]` as RISE's published code blurs it for insertion: a window of 11 pixels
/// with the weights of a Gaussian of 5 that is mirrored at the window's edge, zeros around the
/// picture.
Tensor rise_blur(const Tensor& picture);

}  // namespace cameo::explain
