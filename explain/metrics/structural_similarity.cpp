#include "explain/metrics/structural_similarity.h"

#include <array>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace cameo::explain {

namespace {

constexpr std::int64_t kReach = 5;

std::array<double, kReach + 1> half_window() {
  constexpr double kSigma = 1.5;
  std::array<double, kReach + 1> weights{};
  double total = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto distance = static_cast<double>(i);
    weights[i] = std::exp(-0.5 * distance * distance / (kSigma * kSigma));
    total += i == 0 ? weights[i] : 2.0 * weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// The edge itself is repeated: -1 is 0, -2 is 1.
std::size_t mirrored(std::int64_t i, std::int64_t count) {
  i = (i % (2 * count) + 2 * count) % (2 * count);
  return static_cast<std::size_t>(i < count ? i : 2 * count - 1 - i);
}

struct Size {
  std::int64_t height;
  std::int64_t width;
};

/// The windows' means.
std::vector<double> smoothed(const std::vector<double>& values, const Size& size) {
  static const std::array<double, kReach + 1> weights = half_window();
  const auto width = static_cast<std::size_t>(size.width);
  std::vector<double> rows(values.size());
  std::vector<double> result(values.size());
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) {
      double total = 0.0;
      for (std::int64_t d = -kReach; d <= kReach; ++d) {
        const std::size_t at = static_cast<std::size_t>(y) * width + mirrored(x + d, size.width);
        total += weights[static_cast<std::size_t>(std::abs(d))] * values[at];
      }
      rows[static_cast<std::size_t>(y * size.width + x)] = total;
    }
  }
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) {
      double total = 0.0;
      for (std::int64_t d = -kReach; d <= kReach; ++d) {
        const std::size_t at = mirrored(y + d, size.height) * width + static_cast<std::size_t>(x);
        total += weights[static_cast<std::size_t>(std::abs(d))] * rows[at];
      }
      result[static_cast<std::size_t>(y * size.width + x)] = total;
    }
  }
  return result;
}

std::vector<double> products(const Tensor& a, const Tensor& b) {
  std::vector<double> result(a.data().size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<double>(a.data()[i]) * b.data()[i];
  }
  return result;
}

}  // namespace

double structural_similarity(const Tensor& a, const Tensor& b) {
  if (a.rank() != 2 || a.size() == 0 || a.shape() != b.shape()) {
    throw ShapeError("SSIM: expected two maps [H,W], got " + to_string(a.shape()) + " and " +
                     to_string(b.shape()));
  }
  constexpr double kC1 = 0.01 * 0.01;
  constexpr double kC2 = 0.03 * 0.03;
  constexpr double kSamples = (2.0 * kReach + 1.0) * (2.0 * kReach + 1.0);
  constexpr double kSampleFactor = kSamples / (kSamples - 1.0);
  const Size size{.height = a.dim(0), .width = a.dim(1)};
  const std::vector<double> mean_a = smoothed({a.data().begin(), a.data().end()}, size);
  const std::vector<double> mean_b = smoothed({b.data().begin(), b.data().end()}, size);
  const std::vector<double> square_a = smoothed(products(a, a), size);
  const std::vector<double> square_b = smoothed(products(b, b), size);
  const std::vector<double> both = smoothed(products(a, b), size);
  const bool whole = size.height > 2 * kReach && size.width > 2 * kReach;
  const std::int64_t margin = whole ? kReach : 0;
  double total = 0.0;
  for (std::int64_t y = margin; y < size.height - margin; ++y) {
    for (std::int64_t x = margin; x < size.width - margin; ++x) {
      const auto i = static_cast<std::size_t>(y * size.width + x);
      const double means = mean_a[i] * mean_b[i];
      const double squares = mean_a[i] * mean_a[i] + mean_b[i] * mean_b[i];
      const double covariance = kSampleFactor * (both[i] - means);
      const double variances = kSampleFactor * (square_a[i] + square_b[i] - squares);
      total +=
          (2.0 * means + kC1) * (2.0 * covariance + kC2) / ((squares + kC1) * (variances + kC2));
    }
  }
  return total / static_cast<double>((size.height - 2 * margin) * (size.width - 2 * margin));
}

}  // namespace cameo::explain
