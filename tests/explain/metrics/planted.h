/// A network whose first score is the sum of the pixels in a square, and maps that know it or not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "explain/metrics/metric.h"
#include "explain/saliency.h"
#include "tests/explain/networks.h"

namespace cameo::explain::test {

inline constexpr std::int64_t kSide = 24;
inline constexpr Box kPlanted{.left = 4, .top = 6, .right = 12, .bottom = 14};

/// `[H,W]`: 1 in the square.
inline Tensor planted_mask() {
  Tensor mask({kSide, kSide});
  for (std::int64_t y = kPlanted.top; y < kPlanted.bottom; ++y) {
    for (std::int64_t x = kPlanted.left; x < kPlanted.right; ++x) {
      mask.mutable_data()[static_cast<std::size_t>(y * kSide + x)] = 1.0F;
    }
  }
  return mask;
}

/// Scores: 5 times the mean of the square's pixels, and 0.
inline Network planted_network() {
  Graph graph({1, kSide, kSide});
  graph.then("flatten", ops::Flatten());
  Tensor weight({2, kSide * kSide});
  const Tensor mask = planted_mask();
  for (std::size_t i = 0; i < mask.data().size(); ++i) {
    weight.mutable_data()[i] = mask.data()[i] * 5.0F / 64.0F;
  }
  graph.linear("fc", weight, Tensor({2}));
  return std::move(graph).finish();
}

/// Bright in the square, dark and noisy elsewhere.
inline Tensor planted_picture() {
  Tensor picture({1, 1, kSide, kSide});
  const Tensor mask = planted_mask();
  Random random(11);
  for (std::size_t i = 0; i < mask.data().size(); ++i) {
    picture.mutable_data()[i] = mask.data()[i] + 0.1F * random.uniform();
  }
  return picture;
}

inline MetricSample planted_sample(const Network& network) {
  return {.network = &network,
          .picture = planted_picture(),
          .target = {.of = network.output(), .index = 0},
          .truth = {.boxes = {kPlanted}, .mask = planted_mask()}};
}

/// A map of saliency's place with any relevance.
inline MeasuredMap map_with(const MetricSample& sample, Tensor relevance) {
  Explanation explanation;
  explanation.method = "saliency";
  explanation.map = explanation.signed_map = relevance;
  explanation.layer = sample.network->input();
  explanation.target = sample.target;
  return {.method = std::make_shared<const Saliency>(),
          .explanation = std::move(explanation),
          .relevance = std::move(relevance)};
}

inline Tensor inverted(const Tensor& map) {
  Tensor result = map;
  for (float& value : result.mutable_data()) value = 1.0F - value;
  return result;
}

inline Tensor random_map() {
  Tensor map({kSide, kSide});
  Random random(5);
  for (float& value : map.mutable_data()) value = random.uniform();
  return map;
}

/// High in the square, low elsewhere, no two pixels alike: percentiles of a map with two values
/// would take all pixels or none.
inline Tensor graded_mask() {
  Tensor map = planted_mask();
  const Tensor grades = random_map();
  for (std::size_t i = 0; i < grades.data().size(); ++i) {
    float& value = map.mutable_data()[i];
    value = 0.8F * value + 0.2F * grades.data()[i];
  }
  return map;
}

/// The sums of the pictures, and 0.
inline Tensor picture_sums(const Tensor& pictures) {
  Tensor scores({pictures.dim(0), 2});
  const auto size = static_cast<std::size_t>(pictures.size() / pictures.dim(0));
  for (std::size_t n = 0; n < static_cast<std::size_t>(pictures.dim(0)); ++n) {
    float total = 0.0F;
    for (const float value : pictures.data().subspan(n * size, size)) total += value;
    scores.mutable_data()[2 * n] = total;
  }
  return scores;
}

}  // namespace cameo::explain::test
