#include "explain/metrics/infidelity.h"

#include <algorithm>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/random.h"
#include "explain/resize_map.h"

namespace cameo::explain {

namespace {

/// What is taken away: the picture itself within a square, 0 elsewhere.
Tensor square_of(const Tensor& picture, std::int64_t side, Random& random) {
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  const std::int64_t top = random.below(height - side + 1);
  const std::int64_t left = random.below(width - side + 1);
  Tensor change(picture.shape());
  const std::span<float> out = change.mutable_data();
  for (std::int64_t c = 0; c < picture.dim(1); ++c) {
    for (std::int64_t y = top; y < top + side; ++y) {
      const auto start = static_cast<std::size_t>((c * height + y) * width + left);
      const auto row = picture.data().subspan(start, static_cast<std::size_t>(side));
      std::copy(row.begin(), row.end(), out.begin() + static_cast<std::ptrdiff_t>(start));
    }
  }
  return change;
}

Tensor noise_for(const Tensor& picture, double noise, Random& random) {
  const auto [low, high] = std::minmax_element(picture.data().begin(), picture.data().end());
  const auto deviation = static_cast<float>(noise * (static_cast<double>(*high) - *low));
  Tensor change = Tensor::uninitialized(picture.shape());
  for (float& value : change.mutable_data()) value = deviation * random.normal();
  return change;
}

Tensor change_of(const Tensor& picture, const InfidelityOptions& options, std::int64_t sample) {
  Random random({options.seed, static_cast<std::uint64_t>(sample)});
  if (options.change == Change::kNoise) return noise_for(picture, options.noise, random);
  const std::int64_t shorter = std::min(picture.dim(2), picture.dim(3));
  const std::int64_t side =
      options.patch > 0 ? std::min(options.patch, shorter) : std::max<std::int64_t>(1, shorter / 4);
  return square_of(picture, side, random);
}

double product(const Tensor& a, const Tensor& b) {
  double total = 0.0;
  for (std::size_t i = 0; i < a.data().size(); ++i) {
    total += static_cast<double>(a.data()[i]) * b.data()[i];
  }
  return total;
}

/// The factor of the predictions that fits the truth best.
double best_factor(const std::vector<double>& predicted, const std::vector<double>& actual) {
  double both = 0.0;
  double square = 0.0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    both += predicted[i] * actual[i];
    square += predicted[i] * predicted[i];
  }
  return square > 0.0 ? both / square : 0.0;
}

}  // namespace

double infidelity(const ScoreFunction& scores, const Tensor& picture, const Tensor& attribution,
                  const Target& target, const InfidelityOptions& options) {
  if (picture.rank() != 4 || picture.dim(0) != 1 || attribution.shape() != picture.shape()) {
    throw ShapeError("infidelity: expected a picture [1,C,H,W] and as many values, got " +
                     to_string(picture.shape()) + " and " + to_string(attribution.shape()));
  }
  if (options.samples < 1) throw ArgumentError("infidelity: expected at least 1 sample");
  // Picture 0 is the unchanged one.
  const auto write = [&](std::int64_t index, std::span<float> out) {
    std::copy(picture.data().begin(), picture.data().end(), out.begin());
    if (index == 0) return;
    const Tensor change = change_of(picture, options, index - 1);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= change.data()[i];
  };
  const std::vector<double> values =
      score_pictures(scores, picture.shape(), options.samples + 1, write, target, options.scoring);
  std::vector<double> predicted;
  std::vector<double> actual;
  for (std::int64_t i = 0; i < options.samples; ++i) {
    predicted.push_back(product(attribution, change_of(picture, options, i)));
    actual.push_back(values[0] - values[static_cast<std::size_t>(i) + 1]);
  }
  const double factor = options.normalize ? best_factor(predicted, actual) : 1.0;
  double total = 0.0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const double error = factor * predicted[i] - actual[i];
    total += error * error;
  }
  return total / static_cast<double>(predicted.size());
}

Tensor attribution_of(const Explanation& explanation, const Shape& picture) {
  const Tensor& map =
      explanation.at_pixels.defined() ? explanation.at_pixels : explanation.signed_map;
  if (map.rank() == 3) return map.reshaped({1, map.dim(0), map.dim(1), map.dim(2)});
  const Tensor plane = resize_map(map, picture[2], picture[3]);
  Tensor result = Tensor::uninitialized(picture);
  const std::span<float> out = result.mutable_data();
  const auto channels = static_cast<float>(picture[1]);
  const auto area = static_cast<std::size_t>(plane.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = plane.data()[i % area] / channels;
  return result;
}

}  // namespace cameo::explain
