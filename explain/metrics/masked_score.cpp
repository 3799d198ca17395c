#include "explain/metrics/masked_score.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

bool is_constant(const Tensor& map) {
  const auto [least, most] = std::minmax_element(map.data().begin(), map.data().end());
  return *least == *most;
}

}  // namespace

Tensor masked_picture(const Tensor& picture, const Tensor& relevance, const Tensor& backdrop) {
  if (picture.rank() != 4 || picture.shape() != backdrop.shape() ||
      relevance.shape() != Shape{picture.dim(2), picture.dim(3)}) {
    throw ShapeError("masked picture: expected two pictures [1,C,H,W] and a map [H,W], got " +
                     to_string(picture.shape()) + ", " + to_string(backdrop.shape()) + " and " +
                     to_string(relevance.shape()));
  }
  Tensor result = Tensor::uninitialized(picture.shape());
  const std::span<float> out = result.mutable_data();
  const auto area = static_cast<std::size_t>(relevance.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float share = relevance.data()[i % area];
    out[i] = share * picture.data()[i] + (1.0F - share) * backdrop.data()[i];
  }
  return result;
}

double MaskedScore::drop() const {
  return whole > 0.0 ? std::max(0.0, whole - masked) / whole : 0.0;
}

MaskedScore masked_score(const ScoreFunction& scores, const Tensor& picture, const Tensor& masked,
                         const Target& target, const ScoringOptions& options) {
  const std::array<const Tensor*, 2> pictures{&picture, &masked};
  const auto write = [&](std::int64_t index, std::span<float> out) {
    const std::span<const float> values = pictures[static_cast<std::size_t>(index)]->data();
    std::copy(values.begin(), values.end(), out.begin());
  };
  const std::vector<double> values =
      score_pictures(scores, picture.shape(), 2, write, target, options);
  return {.whole = values[0], .masked = values[1]};
}

double Adcc::value() const {
  const double concise = 1.0 - complexity;
  const double kept = 1.0 - drop;
  if (coherency <= 0.0 || concise <= 0.0 || kept <= 0.0) return 0.0;
  return 3.0 / (1.0 / coherency + 1.0 / concise + 1.0 / kept);
}

double coherency(const Tensor& map, const Tensor& map_of_masked) {
  if (is_constant(map) || is_constant(map_of_masked)) return 0.0;
  return (pearson(to_doubles(map), to_doubles(map_of_masked)) + 1.0) / 2.0;
}

double complexity(const Tensor& map) {
  double total = 0.0;
  for (const float value : map.data()) total += std::abs(static_cast<double>(value));
  return total / static_cast<double>(map.size());
}

}  // namespace cameo::explain
