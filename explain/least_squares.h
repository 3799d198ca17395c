/// Small weighted linear regressions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cameo::explain {

/// Rows of features with a target and a weight each.
struct Regression {
  std::int64_t features = 0;
  std::vector<double> rows{};  ///< `[samples,features]`, row by row
  std::vector<double> targets{};
  std::vector<double> weights{};
};

struct LinearModel {
  std::vector<double> coefficients{};
  double intercept = 0.0;
};

/// The coefficients that minimise sum of w·(y - b·x)² + penalty·|b|², without an intercept. Throws
/// RunError when the samples do not determine them, ArgumentError when the sizes do not fit.
std::vector<double> solve_ridge(const Regression& regression, double penalty);

/// The same with an intercept, which is not penalised.
LinearModel fit_ridge(const Regression& regression, double penalty);

}  // namespace cameo::explain
