#include <cmath>
#include <numbers>

#include "core/error.h"
#include "explain/integrated_gradients.h"

namespace cameo::explain {

namespace {

/// Points and weights of Gauss and Legendre on 0…1, ascending: the roots of the Legendre polynomial
/// of degree n by Newton's method.
std::vector<PathPoint> gauss_legendre(std::int64_t n) {
  constexpr int kIterations = 100;
  std::vector<PathPoint> points;
  for (std::int64_t i = n; i >= 1; --i) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) - 0.25) /
                        (static_cast<double>(n) + 0.5));
    double slope = 1.0;
    for (int iteration = 0; iteration < kIterations; ++iteration) {
      double before = 1.0;
      double value = x;
      for (std::int64_t k = 2; k <= n; ++k) {
        const auto degree = static_cast<double>(k);
        const double next = ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree;
        before = value;
        value = next;
      }
      slope = static_cast<double>(n) * (x * value - before) / (x * x - 1.0);
      const double step = value / slope;
      x -= step;
      if (std::abs(step) < 1e-15) break;
    }
    points.push_back({.at = (1.0 + x) / 2.0, .weight = 1.0 / ((1.0 - x * x) * slope * slope)});
  }
  return points;
}

/// n points `first`/n, (1 + `first`)/n, … of equal weight.
std::vector<PathPoint> riemann(std::int64_t n, double first) {
  const auto count = static_cast<double>(n);
  std::vector<PathPoint> points;
  for (std::int64_t k = 0; k < n; ++k) {
    points.push_back({.at = (static_cast<double>(k) + first) / count, .weight = 1.0 / count});
  }
  return points;
}

/// n points from 0 to 1; those inside weigh `weight`, the ends half of it.
std::vector<PathPoint> trapezoid(std::int64_t n, double weight) {
  if (n < 2) throw ArgumentError("integrated gradients: a trapezoid needs at least two steps");
  std::vector<PathPoint> points;
  for (std::int64_t k = 0; k < n; ++k) {
    const bool end = k == 0 || k == n - 1;
    points.push_back({.at = static_cast<double>(k) / static_cast<double>(n - 1),
                      .weight = end ? weight / 2.0 : weight});
  }
  return points;
}

}  // namespace

std::vector<PathPoint> path_points(PathRule rule, std::int64_t steps) {
  if (steps < 1) throw ArgumentError("integrated gradients: expected at least one step");
  switch (rule) {
    case PathRule::kLeft:
      return riemann(steps, 0.0);
    case PathRule::kRight:
      return riemann(steps, 1.0);
    case PathRule::kMidpoint:
      return riemann(steps, 0.5);
    case PathRule::kTrapezoid:
      return trapezoid(steps, 1.0 / static_cast<double>(steps - 1));
    case PathRule::kCaptumTrapezoid:
      return trapezoid(steps, 1.0 / static_cast<double>(steps));
    case PathRule::kGaussLegendre:
      break;
  }
  return gauss_legendre(steps);
}

}  // namespace cameo::explain
