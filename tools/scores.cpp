#include "tools/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cameo::tools {

std::vector<Score> softmax_scores(std::span<const float> logits) {
  double highest = -std::numeric_limits<double>::infinity();
  for (const float logit : logits) highest = std::max<double>(highest, logit);
  double total = 0.0;
  std::vector<Score> scores(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double logit = logits[i];
    scores[i] = {.index = static_cast<std::int64_t>(i),
                 .logit = logit,
                 .probability = std::exp(logit - highest)};
    total += scores[i].probability;
  }
  for (Score& score : scores) score.probability /= total;
  return scores;
}

std::vector<Score> best_scores(std::span<const float> logits, std::int64_t count) {
  std::vector<Score> scores = softmax_scores(logits);
  const auto rank = [](const Score& score) {
    return std::isnan(score.logit) ? -std::numeric_limits<double>::infinity() : score.logit;
  };
  std::stable_sort(scores.begin(), scores.end(),
                   [&](const Score& a, const Score& b) { return rank(a) > rank(b); });
  if (static_cast<std::int64_t>(scores.size()) > count)
    scores.resize(static_cast<std::size_t>(count));
  return scores;
}

}  // namespace cameo::tools
