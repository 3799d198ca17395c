#include "tools/score_run.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "core/tape.h"
#include "explain/metrics/registry.h"
#include "explain/metrics/sanity.h"
#include "explain/target.h"
#include "layers/evaluation.h"
#include "tools/options.h"
#include "tools/sample.h"

namespace cameo::tools {

namespace {

std::vector<explain::Target> targets_of(const Sample& sample, const Tensor& logits, ValueId of,
                                        const std::string& target) {
  if (target == "top1") return explain::top_targets(logits.data(), of, 1);
  std::set<std::int64_t> classes;
  if (target == "label") {
    classes.insert(sample.label);
  } else {
    for (const zoo::PlacedObject& object : sample.objects) classes.insert(object.label);
  }
  std::vector<explain::Target> targets;
  for (const std::int64_t index : classes) {
    if (index >= 0 && index < logits.size()) targets.push_back({.of = of, .index = index});
  }
  return targets;
}

void check_target(const std::string& target) {
  const std::vector<std::string> known{"label", "each", "top1"};
  if (std::find(known.begin(), known.end(), target) == known.end()) {
    throw LookupError(unknown_name_message("target", target, known));
  }
}

/// Collects contributions sample by sample.
class Measuring {
 public:
  Measuring(const zoo::Model& model, const ScoreRequest& request, const ChosenMethods& chosen)
      : model_(model),
        request_(request),
        methods_(chosen.methods),
        of_(explain::find_logits(model.network)) {
    table_.left_out = chosen.refused;
    table_.metrics = choose_metrics(request);
    table_.layers = explain::weight_layers(model.network);
    for (const auto& method : methods_) table_.methods.push_back(method->info().name);
    table_.contributions.assign(
        methods_.size(), std::vector<std::vector<explain::Contribution>>(table_.metrics.size()));
  }

  /// A sample for each of the picture's targets.
  void take(const Sample& picture) {
    const Tape tape =
        forward(model_.network, picture.input.tensor,
                explain::request_for(model_.network, picture.input.tensor.shape(), methods_, of_));
    const Tensor logits = as_logits(tape.value(of_));
    for (const auto& target : targets_of(picture, logits, of_, request_.target)) {
      const explain::MetricSample sample{.network = &model_.network,
                                         .picture = picture.input.tensor,
                                         .target = target,
                                         .truth = truth_of(picture, target.index)};
      measure(sample, tape);
      ++table_.samples;
    }
    ++table_.pictures;
  }

  ScoreTable result() && { return std::move(table_); }

 private:
  /// The explanation by method `i`; nothing where it does not apply to the sample and "all" passes
  /// over that.
  std::optional<explain::MeasuredMap> explained(std::size_t i, const Tape& tape,
                                                const explain::MetricSample& sample) {
    const bool several = request_.explanations.layers.find(',') != std::string::npos;
    try {
      explain::Explanation explanation = methods_[i]->explain(tape, sample.target);
      if (several && explanation.layer != model_.network.input()) {
        table_.methods[i] = explanation.method + "@" + model_.network.node(explanation.layer).name;
      }
      return explain::measured_map(methods_[i], std::move(explanation), sample);
    } catch (const ArgumentError& error) {
      leave_out(*methods_[i], error);
      return std::nullopt;
    }
  }

  void measure(const explain::MetricSample& sample, const Tape& tape) {
    std::vector<explain::MeasuredMap> maps;
    std::vector<std::size_t> owners;  // the method of each map
    for (std::size_t i = 0; i < methods_.size(); ++i) {
      std::optional<explain::MeasuredMap> map = explained(i, tape, sample);
      if (!map) continue;
      maps.push_back(std::move(*map));
      owners.push_back(i);
    }
    for (std::size_t k = 0; k < table_.metrics.size(); ++k) {
      for (auto& row : table_.contributions) row[k].emplace_back();
      std::vector<explain::Contribution> found = measured(table_.metrics[k], sample, maps);
      for (std::size_t n = 0; n < maps.size(); ++n) {
        table_.contributions[owners[n]][k].back() = std::move(found[n]);
      }
    }
  }

  /// One by one where a method does not apply to a picture or network that the metric has changed.
  std::vector<explain::Contribution> measured(const explain::Metric& metric,
                                              const explain::MetricSample& sample,
                                              std::span<const explain::MeasuredMap> maps) {
    try {
      return metric.measure(sample, maps);
    } catch (const ArgumentError& error) {
      if (maps.size() == 1) {
        leave_out(*maps.front().method, error);
        return {{}};
      }
    }
    std::vector<explain::Contribution> result;
    for (const explain::MeasuredMap& map : maps) {
      result.push_back(measured(metric, sample, std::span(&map, 1)).front());
    }
    return result;
  }

  /// Called while `error` is handled, which goes on where the method was named.
  void leave_out(const explain::Explainer& method, const ArgumentError& error) {
    if (!asks_for_all(request_.explanations)) throw;
    table_.left_out.push_back({.method = method.info().name, .reason = error.what()});
  }

  const zoo::Model& model_;
  const ScoreRequest& request_;
  explain::Methods methods_;
  ValueId of_;
  ScoreTable table_;
};

std::string some_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, names.size()); ++i) {
    text += (i == 0 ? "\"" : ", \"") + names[i] + "\"";
  }
  return text + (names.size() > 3 ? ", …" : "");
}

}  // namespace

std::vector<explain::Metric> choose_metrics(const ScoreRequest& request) {
  const std::vector<std::string> names =
      request.metrics == "all" ? explain::metric_names() : split_list("--metrics", request.metrics);
  std::vector<std::string> known;
  for (const std::string& name : names) {
    for (const auto& option : explain::metric_info(name).options) known.push_back(option.key);
  }
  explain::OptionValues given{{"seed", std::to_string(request.explanations.seed)}};
  for (const std::string& text : request.metric_options) {
    const auto [key, value] = parse_key_value("--metric-option", text);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw LookupError(unknown_name_message("option of these metrics", key, known));
    }
    given[key] = value;
  }
  std::vector<explain::Metric> metrics;
  for (const std::string& name : names) {
    explain::OptionValues values;
    for (const auto& option : explain::metric_info(name).options) {
      if (const auto found = given.find(option.key); found != given.end()) values.insert(*found);
    }
    metrics.push_back(explain::make_metric(name, values));
  }
  return metrics;
}

ScoreTable measure_methods(const zoo::Model& model, const zoo::AnnotatedPictures& pictures,
                           const ScoreRequest& request, const GlobalOptions& globals) {
  check_target(request.target);
  const std::vector<std::int64_t> classes = matching_classes(model, pictures.class_names());
  const auto size = static_cast<std::int64_t>(pictures.size());
  const std::int64_t count = request.limit > 0 ? std::min(request.limit, size) : size;
  if (count == 0) throw ArgumentError("score: there is no picture");
  Sample sample = prepare_sample(model, pictures.picture(0), classes);
  GlobalOptions quiet = globals;
  quiet.quiet = true;
  const ChosenMethods chosen =
      choose_methods(request.explanations, model, sample.input.tensor.shape(), quiet);
  if (!asks_for_all(request.explanations) && !chosen.refused.empty()) {
    throw ArgumentError(chosen.refused.front().reason);
  }
  Measuring measuring(model, request, chosen);
  Progress progress("scoring", count, globals.quiet);
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0)
      sample = prepare_sample(model, pictures.picture(static_cast<std::size_t>(i)), classes);
    measuring.take(sample);
    progress.update(i + 1);
  }
  progress.finish();
  ScoreTable table = std::move(measuring).result();
  if (table.samples == 0) {
    throw ArgumentError("score: none of the data set's classes (" +
                        some_names(pictures.class_names()) + ") is one of the model's (" +
                        some_names(model.class_names) +
                        "); --target top1 explains what the model predicts");
  }
  return table;
}

}  // namespace cameo::tools
