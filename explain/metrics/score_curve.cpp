#include "explain/metrics/score_curve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

constexpr std::int64_t kReach = 5;  // of RISE's window to either side
constexpr std::int64_t kWindow = 2 * kReach + 1;

void check_shapes(const Tensor& from, const Tensor& to, const Tensor& relevance) {
  if (from.rank() != 4 || from.dim(0) != 1 || from.size() == 0 || from.shape() != to.shape() ||
      relevance.shape() != Shape{from.dim(2), from.dim(3)}) {
    throw ShapeError("score curve: expected two pictures [1,C,H,W] and a map [H,W], got " +
                     to_string(from.shape()) + ", " + to_string(to.shape()) + " and " +
                     to_string(relevance.shape()));
  }
}

std::int64_t pixels_per_step(const ScoreCurveOptions& options, std::int64_t pixels,
                             std::int64_t width) {
  if (options.pixels < 0 || options.steps < 0) {
    throw ArgumentError("score curve: expected a number of pixels or steps from 0");
  }
  if (options.steps > 0) return (pixels + options.steps - 1) / options.steps;
  return options.pixels > 0 ? options.pixels : width;
}

/// A Gaussian of 5 pixels around the window's middle, what lies beyond the window mirrored into it.
std::array<double, kWindow> rise_window() {
  constexpr double kSigma = 5.0;
  constexpr std::int64_t kTail = 20;
  std::array<double, kWindow> weights{};
  double total = 0.0;
  for (std::int64_t offset = -kTail; offset <= kTail; ++offset) {
    const double weight = std::exp(-0.5 * static_cast<double>(offset * offset) / (kSigma * kSigma));
    // Mirrored with the edge repeated, the window has a period of twice its length.
    std::int64_t at = (offset + kReach + 2 * kWindow) % (2 * kWindow);
    if (at >= kWindow) at = 2 * kWindow - 1 - at;
    weights[static_cast<std::size_t>(at)] += weight;
    total += weight;
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// Filters lines of `count` values, `step` apart, zeros beyond the ends.
void filter_line(const float* in, float* out, std::int64_t count, std::int64_t step,
                 const std::array<double, kWindow>& weights) {
  for (std::int64_t i = 0; i < count; ++i) {
    double total = 0.0;
    for (std::int64_t j = std::max<std::int64_t>(0, i - kReach);
         j <= std::min(count - 1, i + kReach); ++j) {
      total += weights[static_cast<std::size_t>(j - i + kReach)] * in[j * step];
    }
    out[i * step] = static_cast<float>(total);
  }
}

}  // namespace

double ScoreCurve::area() const {
  double total = 0.0;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    total += (share[i] - share[i - 1]) * (scores[i] + scores[i - 1]) / 2.0;
  }
  return total;
}

ScoreCurve score_curve(const ScoreFunction& scores, const Tensor& from, const Tensor& to,
                       const Tensor& relevance, const Target& target,
                       const ScoreCurveOptions& options) {
  check_shapes(from, to, relevance);
  const std::int64_t pixels = relevance.size();
  const std::int64_t step = pixels_per_step(options, pixels, from.dim(3));
  const std::int64_t steps = (pixels + step - 1) / step;
  const std::vector<std::int64_t> order = descending_order(relevance.data());
  std::vector<std::int64_t> replaced_in(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    replaced_in[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i) / step;
  }
  const auto write = [&](std::int64_t done, std::span<float> picture) {
    for (std::size_t i = 0; i < picture.size(); ++i) {
      const bool replaced = replaced_in[i % replaced_in.size()] < done;
      picture[i] = replaced ? to.data()[i] : from.data()[i];
    }
  };
  ScoreCurve curve;
  curve.scores = score_pictures(scores, from.shape(), steps + 1, write, target, options.scoring);
  for (std::int64_t i = 0; i <= steps; ++i) {
    curve.share.push_back(static_cast<double>(std::min(i * step, pixels)) /
                          static_cast<double>(pixels));
  }
  return curve;
}

Tensor rise_blur(const Tensor& picture) {
  if (picture.rank() != 4) {
    throw ShapeError("blur: expected a picture [1,C,H,W], got " + to_string(picture.shape()));
  }
  const std::array<double, kWindow> weights = rise_window();
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  Tensor rows = Tensor::uninitialized(picture.shape());
  Tensor result = Tensor::uninitialized(picture.shape());
  const float* in = picture.data().data();
  float* half = rows.mutable_data().data();
  float* out = result.mutable_data().data();
  for (std::int64_t line = 0; line < picture.dim(0) * picture.dim(1) * height; ++line) {
    filter_line(in + line * width, half + line * width, width, 1, weights);
  }
  for (std::int64_t plane = 0; plane < picture.dim(0) * picture.dim(1); ++plane) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t start = plane * height * width + x;
      filter_line(half + start, out + start, height, width, weights);
    }
  }
  return result;
}

}  // namespace cameo::explain
