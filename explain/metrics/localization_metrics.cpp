#include <algorithm>
#include <map>

#include "explain/metrics/box_conventions.h"
#include "explain/metrics/factories.h"
#include "explain/metrics/localization.h"
#include "explain/metrics/threshold_metrics.h"

namespace cameo::explain {

namespace {

constexpr const char* kPointingPaper =
    "Zhang et al. 2018, Top-down Neural Attention by Excitation Backprop, section 4.1";
constexpr const char* kMassPaper = "Arras, Osman & Samek 2022, CLEVR-XAI";
constexpr const char* kWsolPaper =
    "Choe et al. 2020, Evaluating Weakly Supervised Object Localization Methods Right";

Tensor truth_of(const MetricSample& sample) {
  return truth_mask(sample.truth, sample.picture.dim(2), sample.picture.dim(3));
}

/// A blank map has nothing on the object.
double share_on_object(const Tensor& relevance, const Tensor& mask) {
  return energy_inside(relevance, mask).value_or(0.0);
}

/// Hits and the class they are of; the class counts, not the picture.
double mean_over_classes(std::span<const Contribution> contributions,
                         std::span<const double> weights) {
  std::map<double, std::pair<double, double>> by_class;  // hits, pictures
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    auto& [hits, pictures] = by_class[contributions[i][1]];
    hits += weights[i] * contributions[i][0];
    pictures += weights[i];
  }
  double total = 0.0;
  double classes = 0.0;
  for (const auto& [index, counts] : by_class) {
    if (counts.second == 0.0) continue;
    total += counts.first / counts.second;
    classes += 1.0;
  }
  return total / classes;
}

Metric make_pointing_game(const MetricInfo& info, const OptionValues& options) {
  const double tolerance = number_option(options, "tolerance", 15.0);
  const auto measure = [tolerance](const MetricSample& sample, const MeasuredMap& map) {
    const Tensor truth = truth_of(sample);
    if (!truth.defined()) return Contribution{};
    return Contribution{points_near(map.relevance, truth, tolerance) ? 1.0 : 0.0,
                        static_cast<double>(sample.target.index)};
  };
  return {.info = info, .measure = measure_each(measure), .summarize = mean_over_classes};
}

Metric make_energy_pointing(const MetricInfo& info, const OptionValues& /*options*/) {
  return mean_metric(info, [](const MetricSample& sample, const MeasuredMap& map) {
    if (sample.truth.boxes.empty()) return Contribution{};
    const Tensor boxes = box_mask(sample.truth.boxes, sample.picture.dim(2), sample.picture.dim(3));
    return Contribution{share_on_object(map.relevance, boxes)};
  });
}

/// `measure(relevance, mask)` where there is a mask with pixels.
template <typename F>
Metric mask_metric(const MetricInfo& info, F measure) {
  return mean_metric(info, [measure](const MetricSample& sample, const MeasuredMap& map) {
    const Tensor truth = truth_of(sample);
    const auto set = [](float value) { return value != 0.0F; };
    if (!truth.defined() || std::none_of(truth.data().begin(), truth.data().end(), set)) {
      return Contribution{};
    }
    return Contribution{measure(map.relevance, truth)};
  });
}

Metric make_relevance_mass(const MetricInfo& info, const OptionValues& /*options*/) {
  return mask_metric(info, share_on_object);
}

Metric make_relevance_rank(const MetricInfo& info, const OptionValues& /*options*/) {
  return mask_metric(info, rank_accuracy);
}

Metric make_roc_auc(const MetricInfo& info, const OptionValues& /*options*/) {
  return mean_metric(info, [](const MetricSample& sample, const MeasuredMap& map) {
    const Tensor truth = truth_of(sample);
    if (!truth.defined()) return Contribution{};
    const std::optional<double> area = roc_auc(map.relevance, truth);
    return area ? Contribution{*area} : Contribution{};
  });
}

/// The best overlap of the convention's first box with one of the truth's.
double overlap_with_truth(const std::vector<Box>& boxes, const Truth& truth) {
  double best = 0.0;
  if (boxes.empty()) return best;
  for (const Box& box : truth.boxes) {
    best = std::max(best, intersection_over_union(boxes.front(), box));
  }
  return best;
}

/// `read(overlap)` of the convention's box.
template <typename F>
Metric box_metric(const MetricInfo& info, const OptionValues& options, F read) {
  const auto convention =
      static_cast<BoxConvention>(choice_option(options, "convention", kBoxConventionNames));
  const double share = number_option(options, "share", 0.2);
  return mean_metric(
      info, [convention, share, read](const MetricSample& sample, const MeasuredMap& map) {
        if (sample.truth.boxes.empty()) return Contribution{};
        return Contribution{read(
            overlap_with_truth(convention_boxes(map.relevance, convention, share), sample.truth))};
      });
}

Metric make_box_iou(const MetricInfo& info, const OptionValues& options) {
  return box_metric(info, options, [](double overlap) { return overlap; });
}

Metric make_box_accuracy(const MetricInfo& info, const OptionValues& options) {
  const double enough = number_option(options, "overlap", 0.5);
  return box_metric(info, options,
                    [enough](double overlap) { return overlap >= enough ? 1.0 : 0.0; });
}

Metric max_box_metric(const MetricInfo& info, const MaxBoxOptions& options) {
  const auto measure = [options](const MetricSample& sample, const MeasuredMap& map) {
    if (sample.truth.boxes.empty()) return Contribution{};
    return box_hits(map.relevance, sample.truth.boxes, options);
  };
  return {.info = info, .measure = measure_each(measure), .summarize = max_box_accuracy};
}

Metric make_max_box_acc(const MetricInfo& info, const OptionValues& options) {
  return max_box_metric(info, {.overlaps = {number_option(options, "overlap", 0.5)}});
}

Metric make_max_box_acc_v2(const MetricInfo& info, const OptionValues& /*options*/) {
  return max_box_metric(info, max_box_v2());
}

Metric make_pxap(const MetricInfo& info, const OptionValues& /*options*/) {
  const auto measure = [](const MetricSample& sample, const MeasuredMap& map) {
    const Tensor truth = truth_of(sample);
    return truth.defined() ? pixel_histograms(map.relevance, truth) : Contribution{};
  };
  return {.info = info, .measure = measure_each(measure), .summarize = pixel_average_precision};
}

const OptionInfo kConventionOption{"convention", "cam", "cam, cam-code, grad-cam or max-box"};
const OptionInfo kShareOption{"share", "0.2", "threshold of max-box, of the map's maximum"};
const OptionInfo kOverlapOption{"overlap", "0.5", "the IoU from which a box is right"};

}  // namespace

std::vector<MetricEntry> localization_metrics() {
  return {
      {{"pointing-game",
        "is the map's maximum on the object? mean over classes",
        kPointingPaper,
        Better::kHigher,
        {{"tolerance", "15", "pixels beside the object that still count"}}},
       make_pointing_game},
      {{"energy-pointing", "share of the map inside the object's box",
        "Wang et al. 2020, Score-CAM", Better::kHigher},
       make_energy_pointing},
      {{"relevance-mass", "share of the map inside the object's mask", kMassPaper, Better::kHigher},
       make_relevance_mass},
      {{"relevance-rank", "share of the highest pixels inside the mask, as many as it has",
        kMassPaper, Better::kHigher},
       make_relevance_rank},
      {{"roc-auc", "chance that a pixel of the object is higher than another",
        "Arras et al. 2022; Hanley & McNeil 1982", Better::kHigher},
       make_roc_auc},
      {{"box-iou",
        "overlap of the map's box with the object's",
        "Zhou et al. 2016, Learning Deep Features for Discriminative Localization, section 3.2",
        Better::kHigher,
        {kConventionOption, kShareOption}},
       make_box_iou},
      {{"box-accuracy",
        "share of the pictures whose box overlaps enough",
        "Russakovsky et al. 2015, ImageNet Large Scale Visual Recognition Challenge",
        Better::kHigher,
        {kConventionOption, kShareOption, kOverlapOption}},
       make_box_accuracy},
      {{"max-box-acc",
        "the same at the data set's best threshold",
        kWsolPaper,
        Better::kHigher,
        {kOverlapOption}},
       make_max_box_acc},
      {{"max-box-acc-v2", "the same over overlaps 0.3, 0.5 and 0.7, any outline", kWsolPaper,
        Better::kHigher},
       make_max_box_acc_v2},
      {{"pxap", "area under the pixels' precision-recall curve", kWsolPaper, Better::kHigher},
       make_pxap},
  };
}

}  // namespace cameo::explain
