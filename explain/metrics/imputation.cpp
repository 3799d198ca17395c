#include "explain/metrics/imputation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/error.h"
#include "core/random.h"

namespace cameo::explain {

namespace {

constexpr double kEdge = 1.0 / 6.0;
constexpr double kCorner = 1.0 / 12.0;

/// The unknown pixels of a picture and the equations between them.
class NeighbourSystem {
 public:
  NeighbourSystem(std::span<const char> removed, std::int64_t height, std::int64_t width)
      : height_(height), width_(width), unknown_(removed.size(), -1) {
    for (std::size_t i = 0; i < removed.size(); ++i) {
      if (removed[i] == 0) continue;
      unknown_[i] = std::ssize(pixels_);
      pixels_.push_back(static_cast<std::int64_t>(i));
    }
    for (const std::int64_t pixel : pixels_) add_equation(pixel);
  }

  const std::vector<std::int64_t>& pixels() const { return pixels_; }
  double diagonal(std::size_t row) const { return diagonal_[row]; }

  /// What the known neighbours in `plane` contribute.
  std::vector<double> right_hand_side(std::span<const float> plane) const {
    std::vector<double> result(pixels_.size(), 0.0);
    for (std::size_t row = 0; row < pixels_.size(); ++row) {
      for_each_neighbour(pixels_[row], [&](std::int64_t neighbour, double weight) {
        const auto at = static_cast<std::size_t>(neighbour);
        if (unknown_[at] < 0) result[row] += weight * plane[at];
      });
    }
    return result;
  }

  std::vector<double> times(const std::vector<double>& values) const {
    std::vector<double> padded(values);
    padded.push_back(0.0);
    std::vector<double> result(values.size());
    for (std::size_t row = 0; row < values.size(); ++row) {
      const Columns& columns = columns_[row];
      double beside = 0.0;
      double across = 0.0;
      for (const std::uint32_t column : columns.beside) beside += padded[column];
      for (const std::uint32_t column : columns.across) across += padded[column];
      result[row] = diagonal_[row] * values[row] - kEdge * beside - kCorner * across;
    }
    return result;
  }

 private:
  /// The unknown neighbours of a pixel; where there are fewer, the row after the last, which is 0.
  struct Columns {
    std::array<std::uint32_t, 4> beside;
    std::array<std::uint32_t, 4> across;
  };

  void add_equation(std::int64_t pixel) {
    const auto none = static_cast<std::uint32_t>(pixels_.size());
    Columns columns{.beside = {none, none, none, none}, .across = {none, none, none, none}};
    std::size_t beside = 0;
    std::size_t across = 0;
    double sum = 0.0;
    for_each_neighbour(pixel, [&](std::int64_t neighbour, double weight) {
      sum += weight;
      const std::int64_t column = unknown_[static_cast<std::size_t>(neighbour)];
      if (column < 0) return;
      (weight == kEdge ? columns.beside[beside++] : columns.across[across++]) =
          static_cast<std::uint32_t>(column);
    });
    columns_.push_back(columns);
    diagonal_.push_back(sum);
  }

  template <typename F>
  void for_each_neighbour(std::int64_t pixel, F use) const {
    const std::int64_t y = pixel / width_;
    const std::int64_t x = pixel % width_;
    for (std::int64_t v = std::max<std::int64_t>(0, y - 1); v <= std::min(height_ - 1, y + 1);
         ++v) {
      for (std::int64_t u = std::max<std::int64_t>(0, x - 1); u <= std::min(width_ - 1, x + 1);
           ++u) {
        if (u == x && v == y) continue;
        use(v * width_ + u, u == x || v == y ? kEdge : kCorner);
      }
    }
  }

  std::int64_t height_;
  std::int64_t width_;
  std::vector<std::int64_t> unknown_;  ///< its row, or -1 for a known pixel
  std::vector<std::int64_t> pixels_;   ///< of each row
  std::vector<Columns> columns_;       ///< of each row
  std::vector<double> diagonal_;
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double total = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}

std::vector<double> preconditioned(const NeighbourSystem& system, std::vector<double> values) {
  for (std::size_t row = 0; row < values.size(); ++row) values[row] /= system.diagonal(row);
  return values;
}

/// Conjugate gradients (Hestenes & Stiefel 1952) from zero.
std::vector<double> solve(const NeighbourSystem& system, const std::vector<double>& right,
                          double tolerance) {
  std::vector<double> solution(right.size(), 0.0);
  std::vector<double> residual = right;
  std::vector<double> scaled = preconditioned(system, residual);
  std::vector<double> direction = scaled;
  double progress = dot(residual, scaled);
  const double enough = tolerance * tolerance * dot(right, right);
  const std::size_t most = 10 * right.size() + 100;
  for (std::size_t i = 0; i < most && dot(residual, residual) > enough; ++i) {
    const std::vector<double> image = system.times(direction);
    const double step = progress / dot(direction, image);
    for (std::size_t k = 0; k < solution.size(); ++k) {
      solution[k] += step * direction[k];
      residual[k] -= step * image[k];
    }
    scaled = preconditioned(system, residual);
    const double before = progress;
    progress = dot(residual, scaled);
    for (std::size_t k = 0; k < direction.size(); ++k) {
      direction[k] = scaled[k] + progress / before * direction[k];
    }
  }
  if (!(dot(residual, residual) <= enough)) {
    throw RunError("imputation: no solution to a relative residual of " +
                   std::to_string(tolerance) + "; are all pixels finite?");
  }
  return solution;
}

}  // namespace

Tensor impute(const Tensor& picture, std::span<const char> removed,
              const ImputationOptions& options) {
  if (picture.rank() != 4 || picture.dim(0) != 1 ||
      picture.dim(2) * picture.dim(3) != std::ssize(removed)) {
    throw ShapeError("imputation: expected a picture [1,C,H,W] and H·W flags, got " +
                     to_string(picture.shape()) + " and " + std::to_string(removed.size()));
  }
  const NeighbourSystem system(removed, picture.dim(2), picture.dim(3));
  Tensor result = picture;
  const std::span<float> values = result.mutable_data();
  Random random(options.seed);
  for (std::size_t start = 0; start < values.size(); start += removed.size()) {
    const std::span<float> plane = values.subspan(start, removed.size());
    const std::vector<double> imputed =
        solve(system, system.right_hand_side(plane), options.tolerance);
    for (std::size_t row = 0; row < imputed.size(); ++row) {
      plane[static_cast<std::size_t>(system.pixels()[row])] =
          static_cast<float>(imputed[row] + options.noise * random.normal());
    }
  }
  return result;
}

}  // namespace cameo::explain
