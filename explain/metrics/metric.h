/// Metrics: how good an explanation is, as a number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/tensor.h"
#include "explain/boxes.h"
#include "explain/explainer.h"
#include "explain/target.h"

namespace cameo::explain {

/// Where the explained class really is, in pixels of the picture as the network takes it.
struct Truth {
  std::vector<Box> boxes{};  ///< of its objects; empty where nobody drew any
  Tensor mask{};             ///< `[H,W]` of 0 and 1; empty where nobody drew one
};

/// A picture and the score whose explanations are measured. The network must outlive it.
struct MetricSample {
  const Network* network = nullptr;
  Tensor picture{};  ///< `[1,C,H,W]`, preprocessed
  Target target{};
  Truth truth{};
};

/// One explanation of a sample, ready to be measured.
struct MeasuredMap {
  std::shared_ptr<const Explainer> method{};
  Explanation explanation{};
  /// `[H,W]` at the picture's size, 0 … 1: what display_map() shows, so no evidence against the
  /// class for maps from layers, and the largest absolute value of a pixel's channels otherwise.
  Tensor relevance{};
};

/// `method`'s explanation of a sample with its relevance.
MeasuredMap measured_map(std::shared_ptr<const Explainer> method, Explanation explanation,
                         const MetricSample& sample);

/// What one picture says about one method; empty where the metric does not apply to it (no box, no
/// mask, no promise to keep). Metrics that average over pictures have one number here.
using Contribution = std::vector<double>;

enum class Better { kHigher, kLower, kNeither };

struct MetricInfo {
  std::string name;     ///< as on the command line: "average-drop"
  std::string summary;  ///< one line
  std::string paper;    ///< where the metric comes from
  Better better = Better::kHigher;
  std::vector<OptionInfo> options = {};
};

/// A metric with its options bound. Its functions hold no state: one object serves every thread.
struct Metric {
  MetricInfo info{};
  /// One contribution per map; what the maps of a sample have in common is worked out once. Throws
  /// what the methods and the network throw.
  std::function<std::vector<Contribution>(const MetricSample&, std::span<const MeasuredMap>)>
      measure{};
  /// One figure of many pictures' contributions, none of them empty, with the weight of each (the
  /// bootstrap counts some pictures twice and others not at all).
  std::function<double(std::span<const Contribution>, std::span<const double> weights)> summarize{};
};

/// The weighted mean of the contributions' first numbers.
double weighted_mean(std::span<const Contribution> contributions, std::span<const double> weights);

/// `measure_one(sample, map)` for each map.
template <typename F>
auto measure_each(F measure_one) {
  return [measure_one](const MetricSample& sample, std::span<const MeasuredMap> maps) {
    std::vector<Contribution> result;
    result.reserve(maps.size());
    for (const MeasuredMap& map : maps) result.push_back(measure_one(sample, map));
    return result;
  };
}

/// A figure with its confidence interval.
struct MetricResult {
  double value = 0.0;
  double low = 0.0;           ///< of the interval
  double high = 0.0;          ///< of the interval
  std::int64_t pictures = 0;  ///< that the metric applied to
};

struct BootstrapOptions {
  std::int64_t resamples = 1000;
  double confidence = 0.95;
  std::uint64_t seed = 0;
};

/// The metric over all pictures, with the percentile interval of the bootstrap (Efron 1979): the
/// figure of as many pictures drawn with replacement. Empty contributions are left out; `pictures`
/// is 0 and the numbers are NaN when none is left. Throws ArgumentError for less than one resample
/// or a confidence outside 0 … 1.
MetricResult summarize(const Metric& metric, std::span<const Contribution> contributions,
                       const BootstrapOptions& options = {});

}  // namespace cameo::explain
