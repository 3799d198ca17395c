#include "explain/metrics/road.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The pixels at or above the percentile.
std::vector<char> removed_pixels(const std::vector<double>& importance, double percent) {
  const double threshold = percentile(importance, percent);
  std::vector<char> removed(importance.size());
  for (std::size_t i = 0; i < removed.size(); ++i) removed[i] = importance[i] >= threshold ? 1 : 0;
  return removed;
}

}  // namespace

double RoadScores::mean_most_relevant() const { return mean(most_relevant_first); }
double RoadScores::mean_least_relevant() const { return mean(least_relevant_first); }
double RoadScores::combined() const { return (mean_least_relevant() - mean_most_relevant()) / 2.0; }

RoadScores road(const ScoreFunction& scores, const Tensor& picture, const Tensor& relevance,
                const Target& target, const RoadOptions& options) {
  if (picture.rank() != 4 || relevance.shape() != Shape{picture.dim(2), picture.dim(3)}) {
    throw ShapeError("road: expected a picture [1,C,H,W] and a map [H,W], got " +
                     to_string(picture.shape()) + " and " + to_string(relevance.shape()));
  }
  const std::vector<double> importance = to_doubles(relevance);
  std::vector<double> unimportance(importance);
  for (double& value : unimportance) value = 1.0 - value;
  std::vector<std::vector<char>> removals;
  for (const double percent : options.percentiles) {
    removals.push_back(removed_pixels(importance, percent));
  }
  for (const double percent : options.percentiles) {
    removals.push_back(removed_pixels(unimportance, percent));
  }
  // Picture 0 is the whole one.
  const auto write = [&](std::int64_t index, std::span<float> out) {
    Tensor changed = picture;
    if (index > 0) {
      ImputationOptions imputation = options.imputation;
      imputation.seed += static_cast<std::uint64_t>(index);
      changed = impute(picture, removals[static_cast<std::size_t>(index - 1)], imputation);
    }
    std::copy(changed.data().begin(), changed.data().end(), out.begin());
  };
  const std::vector<double> values = score_pictures(
      scores, picture.shape(), std::ssize(removals) + 1, write, target, options.scoring);
  RoadScores result;
  const std::size_t half = options.percentiles.size();
  for (std::size_t i = 0; i < half; ++i) {
    result.most_relevant_first.push_back(values[1 + i] - values[0]);
    result.least_relevant_first.push_back(values[1 + half + i] - values[0]);
  }
  return result;
}

}  // namespace cameo::explain
