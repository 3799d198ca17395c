/// Methods × metrics over a data set, as `cameo score` measures them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explain/metrics/metric.h"
#include "tools/console.h"
#include "tools/explanation_run.h"
#include "zoo/datasets/annotations/annotated_pictures.h"
#include "zoo/model.h"

namespace cameo::tools {

struct ScoreRequest {
  ExplainRequest explanations;                ///< methods, layers, options, preset and seed
  std::string metrics;                        ///< comma-separated, or "all"
  std::vector<std::string> metric_options{};  ///< KEY=VALUE of the metrics
  std::string target = "label";               ///< label, each or top1
  std::int64_t limit = 0;                     ///< pictures at most; 0: all
};

/// What was measured, before it is summed up.
struct ScoreTable {
  std::vector<std::string> methods;  ///< by name, "NAME@LAYER" where several layers were asked for
  std::vector<explain::Metric> metrics;
  /// `[method][metric][sample]`
  std::vector<std::vector<std::vector<explain::Contribution>>> contributions;
  /// What "all" passed over: methods that do not apply to the model, to a picture, or to what a
  /// metric makes of one.
  std::vector<Refusal> left_out{};
  std::int64_t pictures = 0;
  std::int64_t samples = 0;           ///< pictures times the classes explained in each
  std::vector<std::string> layers{};  ///< explain::weight_layers(), which sanity checks go through
};

/// The metrics a request names, made with its options and the seed. Throws LookupError for unknown
/// names and options.
std::vector<explain::Metric> choose_metrics(const ScoreRequest& request);

/// Explains and measures picture by picture. Classes of the data set are the model's of the same
/// name. Throws LookupError for unknown names, ArgumentError when no picture has a class to
/// explain, and what reading the pictures, explaining and measuring throw.
ScoreTable measure_methods(const zoo::Model& model, const zoo::AnnotatedPictures& pictures,
                           const ScoreRequest& request, const GlobalOptions& globals);

}  // namespace cameo::tools
