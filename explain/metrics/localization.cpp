#include "explain/metrics/localization.h"

#include <algorithm>

#include "core/error.h"
#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

void check_shapes(const char* what, const Tensor& map, const Tensor& mask) {
  if (map.rank() == 2 && map.size() > 0 && map.shape() == mask.shape()) return;
  throw ShapeError(std::string(what) + ": expected a map and a mask [H,W], got " +
                   to_string(map.shape()) + " and " + to_string(mask.shape()));
}

std::int64_t pixels_of(const Tensor& mask) {
  return std::count_if(mask.data().begin(), mask.data().end(), [](float v) { return v != 0.0F; });
}

}  // namespace

Tensor truth_mask(const Truth& truth, std::int64_t height, std::int64_t width) {
  if (truth.mask.defined()) return truth.mask;
  return truth.boxes.empty() ? Tensor() : box_mask(truth.boxes, height, width);
}

bool points_near(const Tensor& map, const Tensor& mask, double tolerance) {
  check_shapes("pointing game", map, mask);
  const std::optional<Position> peak = maximum_position(map);
  if (!peak) return false;
  const auto hit = [&](std::int64_t row, std::int64_t column) {
    const auto dy = static_cast<double>(row - peak->row);
    const auto dx = static_cast<double>(column - peak->column);
    const double distance = dy * dy + dx * dx;
    return distance == 0.0 || distance < tolerance * tolerance;
  };
  const std::int64_t width = map.dim(1);
  for (std::int64_t i = 0; i < mask.size(); ++i) {
    if (mask.data()[static_cast<std::size_t>(i)] != 0.0F && hit(i / width, i % width)) return true;
  }
  return false;
}

double rank_accuracy(const Tensor& map, const Tensor& mask) {
  check_shapes("rank accuracy", map, mask);
  const std::int64_t count = pixels_of(mask);
  if (count == 0) throw ArgumentError("rank accuracy: the mask is empty");
  const std::vector<std::int64_t> order = descending_order(map.data());
  const std::int64_t hits = std::count_if(
      order.begin(), order.begin() + count,
      [&](std::int64_t pixel) { return mask.data()[static_cast<std::size_t>(pixel)] != 0.0F; });
  return static_cast<double>(hits) / static_cast<double>(count);
}

std::optional<double> roc_auc(const Tensor& map, const Tensor& mask) {
  check_shapes("ROC-AUC", map, mask);
  const auto inside = static_cast<double>(pixels_of(mask));
  const double outside = static_cast<double>(mask.size()) - inside;
  if (inside == 0.0 || outside == 0.0) return std::nullopt;
  const std::vector<double> ranks = average_ranks(to_doubles(map));
  double rank_sum = 0.0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (mask.data()[i] != 0.0F) rank_sum += ranks[i];
  }
  // Mann and Whitney's U.
  return (rank_sum - inside * (inside + 1.0) / 2.0) / (inside * outside);
}

}  // namespace cameo::explain
