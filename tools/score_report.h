/// What `cameo score` prints and writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/metrics/metric.h"
#include "explain/metrics/sanity.h"
#include "tools/score_run.h"

namespace cameo::tools {

/// "higher", "lower", "neither"
std::string better_name(explain::Better better);

/// Figures with their intervals, and what the sanity checks say.
struct ScoreFigures {
  std::vector<std::string> methods;
  std::vector<explain::MetricInfo> metrics;
  std::vector<std::vector<explain::MetricResult>> results;  ///< `[method][metric]`
  /// `[method][check]`, for the metrics that `checks` names.
  std::vector<std::vector<std::optional<explain::SanityVerdict>>> verdicts;
  std::vector<std::string> checks;
  std::vector<std::string> layers;  ///< that the checks made random, from the top
  std::int64_t pictures = 0;
  std::int64_t samples = 0;
};

ScoreFigures sum_up(const ScoreTable& table, const explain::BootstrapOptions& options);

/// Methods by metrics, a few metrics side by side, then the verdicts.
std::string score_text(const ScoreFigures& figures);
/// A line a method and metric.
std::string score_csv(const ScoreFigures& figures);
/// The results and verdicts as one JSON object.
std::string score_json(const ScoreFigures& figures, const std::string& data,
                       const ScoreRequest& request);

}  // namespace cameo::tools
