#include "explain/metrics/metric.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "explain/display.h"
#include "explain/metrics/statistics.h"

namespace cameo::explain {

namespace {

/// How often each of `count` pictures comes up in one resample.
std::vector<double> draw_weights(std::size_t count, std::uint64_t seed, std::int64_t resample) {
  std::vector<double> weights(count, 0.0);
  Random random({seed, static_cast<std::uint64_t>(resample)});
  for (std::size_t i = 0; i < count; ++i) {
    weights[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)))] += 1.0;
  }
  return weights;
}

void check_options(const BootstrapOptions& options) {
  if (options.resamples < 1) {
    throw ArgumentError("bootstrap: expected at least 1 resample, got " +
                        std::to_string(options.resamples));
  }
  if (!(options.confidence > 0.0 && options.confidence < 1.0)) {
    throw ArgumentError("bootstrap: expected a confidence between 0 and 1, got " +
                        std::to_string(options.confidence));
  }
}

}  // namespace

MeasuredMap measured_map(std::shared_ptr<const Explainer> method, Explanation explanation,
                         const MetricSample& sample) {
  Display display = display_map(explanation, sample.picture.dim(2), sample.picture.dim(3));
  return {.method = std::move(method),
          .explanation = std::move(explanation),
          .relevance = std::move(display.map)};
}

double weighted_mean(std::span<const Contribution> contributions, std::span<const double> weights) {
  double total = 0.0;
  double weight = 0.0;
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    total += weights[i] * contributions[i].front();
    weight += weights[i];
  }
  return total / weight;
}

MetricResult summarize(const Metric& metric, std::span<const Contribution> contributions,
                       const BootstrapOptions& options) {
  check_options(options);
  std::vector<Contribution> present;
  for (const Contribution& one : contributions) {
    if (!one.empty()) present.push_back(one);
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (present.empty()) return {.value = kNan, .low = kNan, .high = kNan, .pictures = 0};
  std::vector<double> figures(static_cast<std::size_t>(options.resamples));
  parallel_for(options.resamples, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      figures[static_cast<std::size_t>(i)] =
          metric.summarize(present, draw_weights(present.size(), options.seed, i));
    }
  });
  std::erase_if(figures, [](double figure) { return std::isnan(figure); });
  const double tail = (1.0 - options.confidence) / 2.0;
  return {.value = metric.summarize(present, std::vector<double>(present.size(), 1.0)),
          .low = figures.empty() ? kNan : percentile(figures, 100.0 * tail),
          .high = figures.empty() ? kNan : percentile(figures, 100.0 * (1.0 - tail)),
          .pictures = std::ssize(present)};
}

}  // namespace cameo::explain
