/// What the registry is made of, a list for each family of metrics.
#pragma once

#include <functional>
#include <vector>

#include "explain/metrics/metric.h"
#include "explain/option_values.h"

namespace cameo::explain {

/// A metric's description and the way to bind its options.
struct MetricEntry {
  MetricInfo info;
  std::function<Metric(const MetricInfo&, const OptionValues&)> make;
};

/// Deletion, insertion, ROAD, average drop, ADCC, infidelity and their like: does the score follow?
std::vector<MetricEntry> faithfulness_metrics();
/// Pointing game, masses, boxes, PxAP: is the map where the object is?
std::vector<MetricEntry> localization_metrics();
/// Sensitivity, sparseness, sanity checks: what else a map should or should not do.
std::vector<MetricEntry> behaviour_metrics();

/// A metric that averages `measure_one(sample, map)` over pictures.
template <typename F>
Metric mean_metric(const MetricInfo& info, F measure_one) {
  return {.info = info, .measure = measure_each(measure_one), .summarize = weighted_mean};
}

}  // namespace cameo::explain
