#include "explain/metrics/sparseness.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

std::vector<double> absolute_values(const Tensor& map) {
  std::vector<double> values = to_doubles(map);
  for (double& value : values) value = std::abs(value);
  return values;
}

}  // namespace

double gini(const Tensor& map) {
  std::vector<double> values = absolute_values(map);
  std::sort(values.begin(), values.end());
  const double total = std::accumulate(values.begin(), values.end(), 0.0);
  if (!(total > 0.0)) return 0.0;
  const auto count = static_cast<double>(values.size());
  double weighted = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    weighted += (2.0 * static_cast<double>(i + 1) - count - 1.0) * values[i];
  }
  return weighted / (count * total);
}

double entropy(const Tensor& map) {
  const std::vector<double> values = absolute_values(map);
  const double total = std::accumulate(values.begin(), values.end(), 0.0);
  if (!(total > 0.0)) return 0.0;
  double result = 0.0;
  for (const double value : values) {
    if (value > 0.0) result -= value / total * std::log(value / total);
  }
  return result;
}

}  // namespace cameo::explain
