#include "explain/metrics/segmentation.h"

#include <string>

#include "core/error.h"

namespace cameo::explain {

Contribution class_overlaps(std::span<const int> labels, std::span<const int> truth,
                            std::int64_t classes) {
  if (labels.size() != truth.size()) {
    throw ShapeError("segmentation: " + std::to_string(labels.size()) + " labels for " +
                     std::to_string(truth.size()) + " pixels");
  }
  Contribution overlaps(static_cast<std::size_t>(2 * classes), 0.0);
  const auto count = [&](int label, std::int64_t from, double amount) {
    if (label < 0) return;
    if (label >= classes) {
      throw ArgumentError("segmentation: label " + std::to_string(label) + " is not one of " +
                          std::to_string(classes) + " classes");
    }
    overlaps[static_cast<std::size_t>(from + label)] += amount;
  };
  for (std::size_t i = 0; i < labels.size(); ++i) {
    count(labels[i], classes, 1.0);
    if (labels[i] == truth[i]) {
      count(labels[i], 0, 1.0);
    } else {
      count(truth[i], classes, 1.0);
    }
  }
  return overlaps;
}

double mean_iou(std::span<const Contribution> overlaps, std::span<const double> weights) {
  if (overlaps.empty()) return 0.0;
  const std::size_t classes = overlaps.front().size() / 2;
  double sum = 0.0;
  int met = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    double intersection = 0.0;
    double either = 0.0;
    for (std::size_t i = 0; i < overlaps.size(); ++i) {
      intersection += weights[i] * overlaps[i][c];
      either += weights[i] * overlaps[i][classes + c];
    }
    if (!(either > 0.0)) continue;
    sum += intersection / either;
    ++met;
  }
  return met > 0 ? sum / met : 0.0;
}

}  // namespace cameo::explain
