#include "explain/quickshift.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

/// Pixels as points: their colours, scaled by the ratio, and their places.
class Points {
 public:
  Points(const Tensor& picture, const QuickshiftOptions& options)
      : channels_(picture.dim(1)),
        height_(picture.dim(2)),
        width_(picture.dim(3)),
        reach_(static_cast<std::int64_t>(std::ceil(3.0 * options.kernel))),
        colours_(scaled_colours(picture)) {
    for (float& value : colours_) value = static_cast<float>(value * options.ratio);
  }

  std::int64_t count() const { return height_ * width_; }

  /// `visit(j, squared distance)` for every pixel j of the window around i, in reading order.
  template <typename F>
  void for_each_near(std::int64_t i, F visit) const {
    const std::int64_t row = i / width_;
    const std::int64_t column = i % width_;
    const std::int64_t last_row = std::min(height_ - 1, row + reach_);
    const std::int64_t last_column = std::min(width_ - 1, column + reach_);
    for (std::int64_t y = std::max<std::int64_t>(0, row - reach_); y <= last_row; ++y) {
      for (std::int64_t x = std::max<std::int64_t>(0, column - reach_); x <= last_column; ++x) {
        const std::int64_t j = y * width_ + x;
        const auto place = static_cast<double>((y - row) * (y - row) + (x - column) * (x - column));
        visit(j, place + colour_distance(i, j));
      }
    }
  }

 private:
  double colour_distance(std::int64_t i, std::int64_t j) const {
    double total = 0.0;
    for (std::int64_t c = 0; c < channels_; ++c) {
      const double difference =
          static_cast<double>(colours_[static_cast<std::size_t>(c * count() + i)]) -
          colours_[static_cast<std::size_t>(c * count() + j)];
      total += difference * difference;
    }
    return total;
  }

  std::int64_t channels_, height_, width_, reach_;
  std::vector<float> colours_;
};

/// `f(i)` for every pixel, in parallel.
template <typename T, typename F>
std::vector<T> for_pixels(const Points& points, F f) {
  std::vector<T> result(static_cast<std::size_t>(points.count()));
  parallel_for(points.count(), 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) result[static_cast<std::size_t>(i)] = f(i);
  });
  return result;
}

std::vector<double> densities(const Points& points, double kernel) {
  return for_pixels<double>(points, [&](std::int64_t i) {
    double total = 0.0;
    points.for_each_near(i, [&](std::int64_t, double squared) {
      total += std::exp(-0.5 * squared / (kernel * kernel));
    });
    return total;
  });
}

/// The nearest pixel that is denser, itself where there is none near enough.
std::vector<std::int64_t> parents(const Points& points, std::span<const double> density,
                                  double most_distance) {
  return for_pixels<std::int64_t>(points, [&](std::int64_t i) {
    const double own = density[static_cast<std::size_t>(i)];
    double least = most_distance * most_distance;
    std::int64_t parent = i;
    points.for_each_near(i, [&](std::int64_t j, double squared) {
      const double other = density[static_cast<std::size_t>(j)];
      const bool denser = other > own || (other == own && j < i);
      if (!denser || squared > least || (squared == least && parent != i)) return;
      least = squared;
      parent = j;
    });
    return parent;
  });
}

/// Every pixel's last ancestor. Links go up in density, so there is no way round in a circle.
std::vector<std::int32_t> roots(std::vector<std::int64_t> parent) {
  for (std::size_t i = 0; i < parent.size(); ++i) {
    std::int64_t root = static_cast<std::int64_t>(i);
    while (parent[static_cast<std::size_t>(root)] != root) {
      root = parent[static_cast<std::size_t>(root)];
    }
    std::int64_t at = static_cast<std::int64_t>(i);
    while (at != root) at = std::exchange(parent[static_cast<std::size_t>(at)], root);
  }
  return {parent.begin(), parent.end()};
}

}  // namespace

Superpixels quickshift(const Tensor& picture, const QuickshiftOptions& options) {
  constexpr double kWidestKernel = 64.0;
  check_picture(picture);
  if (!(options.kernel > 0.0 && options.kernel <= kWidestKernel) || !(options.distance > 0.0) ||
      !(options.ratio > 0.0)) {
    throw ArgumentError(
        "quickshift: expected a kernel above 0 up to 64 and a positive distance and ratio");
  }
  const Points points(picture, options);
  const std::vector<double> density = densities(points, options.kernel);
  const std::vector<std::int32_t> labels = roots(parents(points, density, options.distance));
  return connected_pieces(labels, picture.dim(2), picture.dim(3), 0);
}

}  // namespace cameo::explain
