#include "tools/labs/figures.h"

#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "explain/boxes.h"
#include "explain/metrics/metric.h"
#include "tools/console.h"

namespace cameo::tools {

namespace {

constexpr double kNormal = 1.959963984540054;  // 97.5 % of the standard normal distribution

/// The lower and the upper end.
std::pair<double, double> wilson_interval(std::int64_t hits, std::int64_t total) {
  if (total == 0) return {0.0, 1.0};
  const auto n = static_cast<double>(total);
  const double share = static_cast<double>(hits) / n;
  const double squared = kNormal * kNormal;
  const double centre = share + squared / (2.0 * n);
  const double half = kNormal * std::sqrt(share * (1.0 - share) / n + squared / (4.0 * n * n));
  const double scale = 1.0 + squared / n;
  // At the extremes the ends are exact; rounding would leave them a hair off.
  return {hits == 0 ? 0.0 : (centre - half) / scale, hits == total ? 1.0 : (centre + half) / scale};
}

std::string interval_text(double value, double low, double high, int decimals,
                          const std::string& unit) {
  return format_number(value, decimals) + unit + " [" + format_number(low, decimals) + ", " +
         format_number(high, decimals) + "]";
}

}  // namespace

double Rate::share() const {
  return total > 0 ? static_cast<double>(hits) / static_cast<double>(total) : 0.0;
}

double Rate::low() const { return wilson_interval(hits, total).first; }
double Rate::high() const { return wilson_interval(hits, total).second; }

Mean mean_of(std::span<const double> values, std::uint64_t seed) {
  std::vector<explain::Contribution> contributions;
  contributions.reserve(values.size());
  for (const double value : values) contributions.push_back({value});
  const explain::Metric metric{.summarize = explain::weighted_mean};
  const explain::MetricResult result = explain::summarize(metric, contributions, {.seed = seed});
  return {.value = result.value, .low = result.low, .high = result.high, .count = result.pictures};
}

Mean paired_difference(std::span<const double> a, std::span<const double> b, std::uint64_t seed) {
  if (a.size() != b.size()) {
    throw ArgumentError("paired difference: expected as many values on both sides, got " +
                        std::to_string(a.size()) + " and " + std::to_string(b.size()));
  }
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return mean_of(differences, seed);
}

std::string to_text(const Rate& rate) {
  if (rate.total == 0) return "none";
  return interval_text(100.0 * rate.share(), 100.0 * rate.low(), 100.0 * rate.high(), 1, " %");
}

std::string to_text(const Mean& mean, int decimals) {
  if (mean.count == 0) return "none";
  return interval_text(mean.value, mean.low, mean.high, decimals, "");
}

std::string to_percent_text(const Mean& mean) {
  if (mean.count == 0) return "none";
  return interval_text(100.0 * mean.value, 100.0 * mean.low, 100.0 * mean.high, 1, " %");
}

double share_inside(const Tensor& map, const Tensor& mask) {
  return explain::energy_inside(map, mask).value_or(0.0);
}

Order order_of(const Mean& difference) {
  if (difference.count < kFewest) return Order::kUndecided;
  if (difference.high < 0.0) return Order::kLower;
  if (difference.low > 0.0) return Order::kHigher;
  return Order::kUndecided;
}

std::string against_paper(Order found, Order paper) {
  if (found == Order::kUndecided) return "not told apart by so few pictures";
  return std::string(found == Order::kLower ? "lower" : "higher") +
         (found == paper ? ", as in the paper" : ", against the paper");
}

}  // namespace cameo::tools
