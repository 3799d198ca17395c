#include "explain/metrics/factories.h"
#include "explain/metrics/masked_score.h"
#include "explain/metrics/sanity.h"
#include "explain/metrics/sensitivity.h"
#include "explain/metrics/sparseness.h"

namespace cameo::explain {

namespace {

constexpr const char* kSanityPaper =
    "Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3";

std::uint64_t seed_of(const OptionValues& options) {
  return static_cast<std::uint64_t>(integer_option(options, "seed", 0, 0));
}

Metric make_max_sensitivity(const MetricInfo& info, const OptionValues& options) {
  SensitivityOptions values;
  values.radius = number_option(options, "radius", values.radius);
  values.samples = integer_option(options, "samples", values.samples);
  values.seed = seed_of(options);
  return mean_metric(info, [values](const MetricSample& sample, const MeasuredMap& map) {
    return Contribution{
        max_sensitivity(*sample.network, sample.picture, *map.method, map.explanation, values)};
  });
}

/// A figure of the map alone.
template <double (*of_map)(const Tensor&)>
Metric make_map_metric(const MetricInfo& info, const OptionValues& /*options*/) {
  return mean_metric(info, [](const MetricSample& /*sample*/, const MeasuredMap& map) {
    return Contribution{of_map(map.relevance)};
  });
}

template <Randomization randomization>
Metric make_sanity(const MetricInfo& info, const OptionValues& options) {
  const SanityOptions values{.randomization = randomization, .seed = seed_of(options)};
  const auto measure = [values](const MetricSample& sample, std::span<const MeasuredMap> maps) {
    std::vector<Contribution> result;
    for (const auto& layers : sanity_check(sample, maps, values)) {
      result.push_back(as_contribution(layers));
    }
    return result;
  };
  return {.info = info, .measure = measure, .summarize = sanity_summary};
}

const OptionInfo kSeedOption{"seed", "0", "of the random numbers"};

}  // namespace

std::vector<MetricEntry> behaviour_metrics() {
  return {
      {{"max-sensitivity",
        "the largest change of the map for a hardly changed picture",
        "Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations",
        Better::kLower,
        {{"radius", "0.02", "of the uniform noise, in preprocessed values"},
         {"samples", "10", "noisy pictures"},
         kSeedOption}},
       make_max_sensitivity},
      {{"complexity", "the map's mean: how much it highlights",
        "Poppi et al. 2021, Revisiting the Evaluation of Class Activation Mapping", Better::kLower},
       make_map_metric<complexity>},
      {{"gini", "how unequal the map's values are",
        "Chalasani et al. 2020, Concise Explanations of Neural Networks", Better::kHigher},
       make_map_metric<gini>},
      {{"entropy", "how spread out the map is, in nats",
        "Bhatt, Weller & Moura 2020, Evaluating and Aggregating Feature-based Model Explanations",
        Better::kLower},
       make_map_metric<entropy>},
      {{"sanity-cascading",
        "likeness to the map when layers are made random from the top",
        kSanityPaper,
        Better::kLower,
        {kSeedOption}},
       make_sanity<Randomization::kCascading>},
      {{"sanity-independent",
        "likeness to the map when one layer at a time is made random",
        kSanityPaper,
        Better::kLower,
        {kSeedOption}},
       make_sanity<Randomization::kIndependent>},
  };
}

}  // namespace cameo::explain
