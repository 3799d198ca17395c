#include "explain/metrics/threshold_metrics.h"

#include <algorithm>

#include "core/error.h"
#include "explain/metrics/box_conventions.h"

namespace cameo::explain {

namespace {

/// The bins 0 … 0.01, …, 0.99 … 1 and one for 1 itself.
constexpr std::size_t kBins = static_cast<std::size_t>(kThresholds) + 1;

double best_overlap(std::span<const Box> boxes, std::span<const Box> truth) {
  double best = 0.0;
  for (const Box& box : boxes) {
    for (const Box& right : truth) best = std::max(best, intersection_over_union(box, right));
  }
  return best;
}

std::vector<double> weighted_sum(std::span<const Contribution> contributions,
                                 std::span<const double> weights) {
  std::vector<double> total(contributions.front().size(), 0.0);
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    if (weights[i] == 0.0) continue;
    for (std::size_t k = 0; k < total.size(); ++k) total[k] += weights[i] * contributions[i][k];
  }
  return total;
}

}  // namespace

MaxBoxOptions max_box_v2() { return {.overlaps = {0.3, 0.5, 0.7}, .all_boxes = true}; }

Contribution box_hits(const Tensor& map, std::span<const Box> truth, const MaxBoxOptions& options) {
  std::vector<double> overlaps;
  for (std::int64_t i = 0; i < kThresholds; ++i) {
    std::vector<Box> boxes = threshold_boxes(map, static_cast<double>(i) / kThresholds);
    if (!options.all_boxes && boxes.size() > 1) boxes.resize(1);
    overlaps.push_back(best_overlap(boxes, truth));
  }
  Contribution hits;
  for (const double enough : options.overlaps) {
    for (const double overlap : overlaps) hits.push_back(overlap >= enough ? 1.0 : 0.0);
  }
  return hits;
}

double max_box_accuracy(std::span<const Contribution> hits, std::span<const double> weights) {
  const std::vector<double> total = weighted_sum(hits, weights);
  double weight = 0.0;
  for (const double one : weights) weight += one;
  double sum = 0.0;
  std::int64_t overlaps = 0;
  for (auto from = total.begin(); from != total.end(); from += kThresholds, ++overlaps) {
    sum += *std::max_element(from, from + kThresholds) / weight;
  }
  return sum / static_cast<double>(overlaps);
}

Contribution pixel_histograms(const Tensor& map, const Tensor& mask) {
  if (map.rank() != 2 || map.shape() != mask.shape()) {
    throw ShapeError("PxAP: expected a map and a mask [H,W], got " + to_string(map.shape()) +
                     " and " + to_string(mask.shape()));
  }
  Contribution counts(2 * kBins, 0.0);
  for (std::size_t i = 0; i < map.data().size(); ++i) {
    const double level = map.data()[i];
    if (!(level >= 0.0 && level <= 1.0)) {
      throw ArgumentError("PxAP: expected a map of 0 … 1, it has " + std::to_string(level));
    }
    const auto bin = static_cast<std::size_t>(level * static_cast<double>(kThresholds));
    counts[mask.data()[i] != 0.0F ? bin : kBins + bin] += 1.0;
  }
  return counts;
}

double pixel_average_precision(std::span<const Contribution> histograms,
                               std::span<const double> weights) {
  const std::vector<double> counts = weighted_sum(histograms, weights);
  double positives = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) positives += counts[bin];
  if (positives == 0.0) return 0.0;
  double found = 0.0;
  double wrong = 0.0;
  double result = 0.0;
  for (std::size_t bin = kBins; bin-- > 0;) {
    found += counts[bin];
    wrong += counts[kBins + bin];
    if (found + wrong > 0.0) result += found / (found + wrong) * counts[bin] / positives;
  }
  return result;
}

}  // namespace cameo::explain
