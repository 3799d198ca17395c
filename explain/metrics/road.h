/// ROAD: remove pixels so that the hole tells nothing, and look at the score.
#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "explain/metrics/imputation.h"
#include "explain/scores.h"

namespace cameo::explain {

struct RoadOptions {
  /// For p, the most relevant 100 - p % of the pixels are removed (or the least relevant).
  std::vector<double> percentiles{10, 20, 30, 40, 50, 60, 70, 80, 90};
  ImputationOptions imputation{};
  ScoringOptions scoring{.output = Output::kProbability};
};

/// How much the target's score changes, by percentile; negative where it falls.
struct RoadScores {
  std::vector<double> most_relevant_first{};   ///< MoRF
  std::vector<double> least_relevant_first{};  ///< LeRF

  double mean_most_relevant() const;
  double mean_least_relevant() const;
  /// The mean of (LeRF - MoRF)/2.
  double combined() const;
};

/// Rong et al. 2022 (see imputation.h). Pixels at or above the percentile of `relevance` `[H,W]`
/// are imputed from the others, then, for LeRF, the same with 1 - relevance. Throws like impute()
/// and score_pictures(), ArgumentError for a percentile outside 0 … 100.
RoadScores road(const ScoreFunction& scores, const Tensor& picture, const Tensor& relevance,
                const Target& target, const RoadOptions& options = {});

}  // namespace cameo::explain
