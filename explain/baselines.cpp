#include "explain/baselines.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/random.h"

namespace cameo::explain {

namespace {

/// The weights of a Gaussian of 5 pixels from the centre outwards; with those of the other side
/// they add up to 1.
std::vector<double> gaussian_half() {
  constexpr double kSigma = 5.0;
  constexpr int kReach = 20;
  std::vector<double> weights;
  double total = 0.0;
  for (int i = 0; i <= kReach; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (kSigma * kSigma)));
    total += (i == 0 ? 1.0 : 2.0) * weights.back();
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// Blurs `lines` lines of `count` values, `stride` apart, the lines `step` apart.
struct Lines {
  std::size_t lines, step, count, stride;
};

void blur(std::span<float> plane, const Lines& layout) {
  static const std::vector<double> weights = gaussian_half();
  const auto last = static_cast<std::int64_t>(layout.count) - 1;
  std::vector<float> line(layout.count);
  for (std::size_t l = 0; l < layout.lines; ++l) {
    float* values = plane.data() + l * layout.step;
    for (std::size_t i = 0; i < layout.count; ++i) line[i] = values[i * layout.stride];
    const auto at = [&](std::int64_t i) {
      return static_cast<double>(
          line[static_cast<std::size_t>(std::clamp<std::int64_t>(i, 0, last))]);
    };
    for (std::int64_t i = 0; i <= last; ++i) {
      double total = weights[0] * at(i);
      for (std::int64_t k = 1; k < static_cast<std::int64_t>(weights.size()); ++k) {
        total += weights[static_cast<std::size_t>(k)] * (at(i - k) + at(i + k));
      }
      values[static_cast<std::size_t>(i) * layout.stride] = static_cast<float>(total);
    }
  }
}

void fill_with_mean(std::span<float> plane) {
  double total = 0.0;
  for (const float value : plane) total += value;
  std::fill(plane.begin(), plane.end(),
            static_cast<float>(total / static_cast<double>(plane.size())));
}

void fill_with_noise(std::span<float> plane, Random& random) {
  const auto [low, high] = std::minmax_element(plane.begin(), plane.end());
  const float least = *low;
  const float most = *high;
  for (float& value : plane) value = random.uniform(least, most);
}

}  // namespace

Tensor make_baseline(Baseline kind, const Tensor& picture, std::uint64_t seed,
                     std::uint64_t index) {
  if (kind == Baseline::kZero) return Tensor(picture.shape());
  Tensor result = picture;
  const auto height = static_cast<std::size_t>(picture.dim(2));
  const auto width = static_cast<std::size_t>(picture.dim(3));
  const std::span<float> values = result.mutable_data();
  Random random({seed, index});
  for (std::size_t start = 0; start < values.size(); start += height * width) {
    const std::span<float> plane = values.subspan(start, height * width);
    if (kind == Baseline::kMean) {
      fill_with_mean(plane);
    } else if (kind == Baseline::kUniform) {
      fill_with_noise(plane, random);
    } else {
      blur(plane, {.lines = height, .step = width, .count = width, .stride = 1});
      blur(plane, {.lines = width, .step = 1, .count = height, .stride = width});
    }
  }
  return result;
}

}  // namespace cameo::explain
