#include "explain/least_squares.h"

#include <cmath>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

void check(const Regression& r) {
  const std::size_t samples = r.targets.size();
  if (r.features >= 0 && r.weights.size() == samples &&
      r.rows.size() == samples * static_cast<std::size_t>(r.features)) {
    return;
  }
  throw ArgumentError("least squares: rows, targets and weights do not fit each other");
}

/// A symmetric system; the lower triangle is used.
struct NormalEquations {
  std::size_t size;
  std::vector<double> matrix;
  std::vector<double> right;
};

NormalEquations normal_equations(const Regression& r, double penalty) {
  const auto size = static_cast<std::size_t>(r.features);
  NormalEquations system{size, std::vector<double>(size * size, 0.0),
                         std::vector<double>(size, 0.0)};
  parallel_for(r.features, 8, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      for (std::size_t n = 0; n < r.targets.size(); ++n) {
        const double* const row = r.rows.data() + n * size;
        const double weighted = r.weights[n] * row[i];
        if (weighted == 0.0) continue;
        for (std::size_t j = 0; j <= i; ++j) system.matrix[i * size + j] += weighted * row[j];
        system.right[i] += weighted * r.targets[n];
      }
      system.matrix[i * size + i] += penalty;
    }
  });
  return system;
}

/// Replaces the lower triangle by its Cholesky factor.
void factorise(NormalEquations& system) {
  const std::size_t size = system.size;
  for (std::size_t i = 0; i < size; ++i) {
    double* const row = system.matrix.data() + i * size;
    const double scale = row[i];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = system.matrix.data() + j * size;
      double rest = row[j];
      for (std::size_t k = 0; k < j; ++k) rest -= row[k] * other[k];
      if (j < i) {
        row[j] = rest / other[j];
      } else if (rest > 1e-12 * scale) {
        row[i] = std::sqrt(rest);
      } else {
        throw RunError("least squares: the samples do not determine " + std::to_string(size) +
                       " coefficients; take more samples or fewer segments");
      }
    }
  }
}

std::vector<double> substitute(const NormalEquations& factor) {
  const std::size_t size = factor.size;
  std::vector<double> x = factor.right;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= factor.matrix[i * size + k] * x[k];
    x[i] /= factor.matrix[i * size + i];
  }
  for (std::size_t i = size; i-- > 0;) {
    for (std::size_t k = i + 1; k < size; ++k) x[i] -= factor.matrix[k * size + i] * x[k];
    x[i] /= factor.matrix[i * size + i];
  }
  return x;
}

}  // namespace

std::vector<double> solve_ridge(const Regression& regression, double penalty) {
  check(regression);
  NormalEquations system = normal_equations(regression, penalty);
  factorise(system);
  return substitute(system);
}

LinearModel fit_ridge(const Regression& regression, double penalty) {
  check(regression);
  const auto size = static_cast<std::size_t>(regression.features);
  double weight = 0.0;
  double mean_target = 0.0;
  std::vector<double> means(size, 0.0);
  for (std::size_t n = 0; n < regression.targets.size(); ++n) {
    weight += regression.weights[n];
    mean_target += regression.weights[n] * regression.targets[n];
    for (std::size_t j = 0; j < size; ++j) {
      means[j] += regression.weights[n] * regression.rows[n * size + j];
    }
  }
  if (!(weight > 0.0)) throw RunError("least squares: no sample has weight");
  for (double& mean : means) mean /= weight;
  mean_target /= weight;
  Regression centred = regression;
  for (std::size_t n = 0; n < centred.targets.size(); ++n) {
    for (std::size_t j = 0; j < size; ++j) centred.rows[n * size + j] -= means[j];
  }
  for (double& target : centred.targets) target -= mean_target;
  LinearModel model{.coefficients = solve_ridge(centred, penalty), .intercept = mean_target};
  for (std::size_t j = 0; j < size; ++j) model.intercept -= model.coefficients[j] * means[j];
  return model;
}

}  // namespace cameo::explain
