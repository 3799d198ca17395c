#include <array>
#include <cmath>
#include <utility>

#include "core/elementwise.h"
#include "explain/fill.h"
#include "explain/metrics/factories.h"
#include "explain/metrics/infidelity.h"
#include "explain/metrics/masked_score.h"
#include "explain/metrics/road.h"
#include "explain/metrics/score_curve.h"
#include "explain/metrics/sensitivity.h"
#include "explain/metrics/statistics.h"
#include "explain/occlusion.h"
#include "explain/resize_map.h"

namespace cameo::explain {

namespace {

constexpr const char* kRisePaper =
    "Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation";
constexpr const char* kRoadPaper =
    "Rong et al. 2022, A Consistent and Efficient Evaluation Strategy for Attribution Methods";
constexpr const char* kDropPaper = "Chattopadhay et al. 2018, Grad-CAM++";
constexpr const char* kAdccPaper =
    "Poppi et al. 2021, Revisiting the Evaluation of Class Activation Mapping";
constexpr const char* kInfidelityPaper =
    "Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations, definition 2.1";

constexpr std::array<std::string_view, 5> kBackdropNames{"zero", "grey", "mean", "blur", "rise"};

/// A picture to take the removed pixels from.
enum class Backdrop { kZero, kGrey, kMean, kBlur, kRise };

Tensor backdrop_picture(const Tensor& picture, Backdrop backdrop) {
  if (backdrop == Backdrop::kRise) return rise_blur(picture);
  return fill_picture(picture, static_cast<Fill>(backdrop));
}

Backdrop backdrop_of(const OptionValues& options, Backdrop otherwise) {
  return static_cast<Backdrop>(
      choice_option(options, "fill", kBackdropNames, static_cast<std::size_t>(otherwise)));
}

ScoringOptions scoring_of(const OptionValues& options, Output otherwise = Output::kProbability) {
  const auto given = options.find("output");
  return {.output = given == options.end() ? otherwise : find_output(given->second),
          .batch = integer_option(options, "batch", ScoringOptions{}.batch)};
}

std::uint64_t seed_of(const OptionValues& options) {
  return static_cast<std::uint64_t>(integer_option(options, "seed", 0, 0));
}

ScoreFunction scores_for(const MetricSample& sample) {
  return scores_of(*sample.network, sample.target.of);
}

const OptionInfo kOutputOption{"output", "probability", "probability or logit"};
const OptionInfo kLogitOption{"output", "logit", "logit or probability"};
const OptionInfo kBatchOption{"batch", "16", "pictures in memory at once"};
const OptionInfo kSeedOption{"seed", "0", "of the random numbers"};
OptionInfo fill_option(std::string by_default) {
  return {"fill", std::move(by_default),
          "what stands for nothing: zero, grey, mean, blur or rise (RISE's blur)"};
}

ScoreCurveOptions curve_options_of(const OptionValues& options) {
  return {.pixels = integer_option(options, "pixels", 0, 0),
          .steps = integer_option(options, "steps", 0, 0),
          .scoring = scoring_of(options)};
}

Metric make_deletion(const MetricInfo& info, const OptionValues& options) {
  return mean_metric(
      info, [curve = curve_options_of(options), fill = backdrop_of(options, Backdrop::kZero)](
                const MetricSample& sample, const MeasuredMap& map) {
        const Tensor nothing = backdrop_picture(sample.picture, fill);
        return Contribution{score_curve(scores_for(sample), sample.picture, nothing, map.relevance,
                                        sample.target, curve)
                                .area()};
      });
}

Metric make_insertion(const MetricInfo& info, const OptionValues& options) {
  return mean_metric(
      info, [curve = curve_options_of(options), fill = backdrop_of(options, Backdrop::kRise)](
                const MetricSample& sample, const MeasuredMap& map) {
        const Tensor nothing = backdrop_picture(sample.picture, fill);
        return Contribution{score_curve(scores_for(sample), nothing, sample.picture, map.relevance,
                                        sample.target, curve)
                                .area()};
      });
}

/// `read` takes one figure out of the scores.
template <double (RoadScores::*read)() const>
Metric make_road(const MetricInfo& info, const OptionValues& options) {
  RoadOptions values;
  values.imputation.noise = number_option(options, "noise", values.imputation.noise);
  values.imputation.seed = seed_of(options);
  values.scoring = scoring_of(options);
  return mean_metric(info, [values](const MetricSample& sample, const MeasuredMap& map) {
    const RoadScores scores =
        road(scores_for(sample), sample.picture, map.relevance, sample.target, values);
    return Contribution{(scores.*read)()};
  });
}

/// The picture that a map leaves.
Tensor left_picture(const MetricSample& sample, const Tensor& relevance, Backdrop backdrop) {
  return masked_picture(sample.picture, relevance, backdrop_picture(sample.picture, backdrop));
}

/// `read(score)` of what the map leaves.
template <typename F>
Metric masked_metric(const MetricInfo& info, const OptionValues& options, F read) {
  return mean_metric(
      info, [scoring = scoring_of(options), fill = backdrop_of(options, Backdrop::kZero), read](
                const MetricSample& sample, const MeasuredMap& map) {
        return Contribution{
            read(masked_score(scores_for(sample), sample.picture,
                              left_picture(sample, map.relevance, fill), sample.target, scoring))};
      });
}

Metric make_average_drop(const MetricInfo& info, const OptionValues& options) {
  return masked_metric(info, options, [](const MaskedScore& score) { return score.drop(); });
}

Metric make_average_increase(const MetricInfo& info, const OptionValues& options) {
  return masked_metric(info, options,
                       [](const MaskedScore& score) { return score.increase() ? 1.0 : 0.0; });
}

/// The map's coherency with that of the picture it leaves.
double coherency_of(const MetricSample& sample, const MeasuredMap& map, const Tensor& left) {
  const Explanation again =
      explain_again(*sample.network, left, *map.method, map.explanation.target);
  return coherency(map.relevance, measured_map(map.method, again, sample).relevance);
}

Metric make_coherency(const MetricInfo& info, const OptionValues& options) {
  return mean_metric(info, [fill = backdrop_of(options, Backdrop::kZero)](
                               const MetricSample& sample, const MeasuredMap& map) {
    return Contribution{coherency_of(sample, map, left_picture(sample, map.relevance, fill))};
  });
}

Metric make_adcc(const MetricInfo& info, const OptionValues& options) {
  return mean_metric(info, [scoring = scoring_of(options),
                            fill = backdrop_of(options, Backdrop::kZero)](
                               const MetricSample& sample, const MeasuredMap& map) {
    const Tensor left = left_picture(sample, map.relevance, fill);
    const Adcc terms{
        .coherency = coherency_of(sample, map, left),
        .complexity = complexity(map.relevance),
        .drop =
            masked_score(scores_for(sample), sample.picture, left, sample.target, scoring).drop()};
    return Contribution{terms.value()};
  });
}

template <bool normalize>
Metric make_infidelity(const MetricInfo& info, const OptionValues& options) {
  InfidelityOptions values;
  values.change = static_cast<Change>(choice_option(options, "change", kChangeNames));
  values.samples = integer_option(options, "samples", values.samples);
  values.patch = integer_option(options, "patch", values.patch, 0);
  values.noise = number_option(options, "noise", values.noise);
  values.normalize = normalize;
  values.seed = seed_of(options);
  values.scoring = scoring_of(options, Output::kLogit);
  return mean_metric(info, [values](const MetricSample& sample, const MeasuredMap& map) {
    return Contribution{infidelity(scores_for(sample), sample.picture,
                                   attribution_of(map.explanation, sample.picture.shape()),
                                   sample.target, values)};
  });
}

Metric make_occlusion_correlation(const MetricInfo& info, const OptionValues& options) {
  const Occlusion occlusion({.patch = integer_option(options, "patch", 0, 0),
                             .stride = integer_option(options, "stride", 0, 0),
                             .scoring = scoring_of(options, Output::kLogit)});
  const auto measure = [occlusion](const MetricSample& sample, std::span<const MeasuredMap> maps) {
    const Explanation truth =
        occlusion.explain_scores(scores_for(sample), sample.picture, sample.target);
    const Tensor& losses = truth.at_pixels.defined() ? truth.at_pixels : truth.map;
    const std::vector<double> loss =
        to_doubles(resize_map(losses, sample.picture.dim(2), sample.picture.dim(3)));
    std::vector<Contribution> result;
    result.reserve(maps.size());
    for (const MeasuredMap& map : maps) {
      result.push_back({spearman(to_doubles(map.relevance), loss)});
    }
    return result;
  };
  return {.info = info, .measure = measure, .summarize = weighted_mean};
}

/// How far the map's sum is from what the method promises; nothing for a method without a promise.
Metric make_completeness(const MetricInfo& info, const OptionValues& /*options*/) {
  return mean_metric(info, [](const MetricSample& /*sample*/, const MeasuredMap& map) {
    if (!map.explanation.residual) return Contribution{};
    return Contribution{std::abs(*map.explanation.residual)};
  });
}

std::vector<OptionInfo> curve_option_infos(std::string fill) {
  return {{"pixels", "0", "replaced between two scores; 0: as many as the picture is wide"},
          {"steps", "0", "in place of pixels: so many steps"},
          fill_option(std::move(fill)),
          kOutputOption,
          kBatchOption};
}

const std::vector<OptionInfo>& road_option_infos() {
  static const std::vector<OptionInfo> infos{
      {"noise", "0.01", "standard deviation, added to imputed pixels"},
      kSeedOption,
      kOutputOption,
      kBatchOption};
  return infos;
}

const std::vector<OptionInfo>& infidelity_option_infos() {
  static const std::vector<OptionInfo> infos{
      {"change", "square", "what is taken away: square or noise"},
      {"samples", "10", "changes"},
      {"patch", "0", "side of the square in pixels; 0: a quarter of the picture's"},
      {"noise", "0.1", "standard deviation as a share of the picture's range"},
      kSeedOption,
      kLogitOption,
      kBatchOption};
  return infos;
}

}  // namespace

std::vector<MetricEntry> faithfulness_metrics() {
  return {
      {{"deletion", "the mean score while the most relevant pixels are taken away", kRisePaper,
        Better::kLower, curve_option_infos("zero")},
       make_deletion},
      {{"insertion", "the mean score while the most relevant pixels are put in", kRisePaper,
        Better::kHigher, curve_option_infos("rise")},
       make_insertion},
      {{"road", "score kept without irrelevant pixels less that without relevant ones, halved",
        kRoadPaper, Better::kHigher, road_option_infos()},
       make_road<&RoadScores::combined>},
      {{"road-morf", "change of the score when the most relevant pixels are imputed", kRoadPaper,
        Better::kLower, road_option_infos()},
       make_road<&RoadScores::mean_most_relevant>},
      {{"road-lerf", "change of the score when the least relevant pixels are imputed", kRoadPaper,
        Better::kHigher, road_option_infos()},
       make_road<&RoadScores::mean_least_relevant>},
      {{"average-drop",
        "share of the score lost when only what the map highlights is left",
        kDropPaper,
        Better::kLower,
        {fill_option("zero"), kOutputOption}},
       make_average_drop},
      {{"average-increase",
        "share of the pictures whose score rises by that",
        kDropPaper,
        Better::kHigher,
        {fill_option("zero"), kOutputOption}},
       make_average_increase},
      {{"adcc",
        "harmonic mean of coherency, 1 - complexity and 1 - drop",
        kAdccPaper,
        Better::kHigher,
        {fill_option("zero"), kOutputOption}},
       make_adcc},
      {{"coherency",
        "likeness of the map of what the map leaves",
        kAdccPaper,
        Better::kHigher,
        {fill_option("zero")}},
       make_coherency},
      {{"infidelity", "squared error of the change that the map predicts", kInfidelityPaper,
        Better::kLower, infidelity_option_infos()},
       make_infidelity<false>},
      {{"infidelity-normalized", "the same, the map scaled to fit best", kInfidelityPaper,
        Better::kLower, infidelity_option_infos()},
       make_infidelity<true>},
      {{"occlusion-correlation",
        "rank correlation with the occlusion map",
        "Selvaraju et al. 2017, Grad-CAM",
        Better::kHigher,
        {{"patch", "0", "side of the window in pixels; 0: occlusion's own"},
         {"stride", "0", "between windows in pixels; 0: occlusion's own"},
         kLogitOption,
         kBatchOption}},
       make_occlusion_correlation},
      {{"completeness", "how far the map's sum is from what the method promises",
        "Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks", Better::kLower},
       make_completeness},
  };
}

}  // namespace cameo::explain
