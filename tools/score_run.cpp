#include "tools/score_run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "core/tape.h"
#include "explain/metrics/registry.h"
#include "explain/metrics/sanity.h"
#include "explain/target.h"
#include "layers/evaluation.h"
#include "tools/options.h"

namespace cameo::tools {

namespace {

/// The model's class for each of the data set's; -1 where there is none of that name.
std::vector<std::int64_t> matching_classes(const zoo::Model& model,
                                           const std::vector<std::string>& names) {
  std::vector<std::int64_t> classes;
  const bool nameless =
      model.class_names.empty() && zoo::class_count(model.network) == std::ssize(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(model.class_names.begin(), model.class_names.end(), names[i]);
    const bool known = found != model.class_names.end();
    classes.push_back(known      ? found - model.class_names.begin()
                      : nameless ? static_cast<std::int64_t>(i)
                                 : -1);
  }
  return classes;
}

/// A picture as the network takes it, labels being the model's classes.
struct PreparedSample {
  Tensor input;
  std::int64_t label = -1;
  std::vector<zoo::PlacedObject> objects;
};

PreparedSample prepare(const zoo::Model& model, const zoo::AnnotatedPicture& picture,
                       const std::vector<std::int64_t>& classes) {
  const auto class_of = [&](int label) {
    return label < 0 ? -1 : classes.at(static_cast<std::size_t>(label));
  };
  PreparedSample sample{.input = zoo::apply(model.preprocess, picture.image).input,
                        .label = class_of(picture.label),
                        .objects = zoo::place_objects(model.preprocess, picture)};
  for (zoo::PlacedObject& object : sample.objects) {
    object.label = static_cast<int>(class_of(object.label));
  }
  return sample;
}

/// Where the class is; its mask where every object of it has one.
explain::Truth truth_of(const PreparedSample& sample, std::int64_t index) {
  explain::Truth truth;
  Tensor mask({sample.input.dim(2), sample.input.dim(3)});
  bool masked = true;
  for (const zoo::PlacedObject& object : sample.objects) {
    if (object.label != index) continue;
    truth.boxes.push_back(
        {.left = object.left, .top = object.top, .right = object.right, .bottom = object.bottom});
    masked = masked && !object.mask.empty();
    for (std::size_t i = 0; i < object.mask.size(); ++i) {
      if (object.mask[i] != 0) mask.mutable_data()[i] = 1.0F;
    }
  }
  if (masked && !truth.boxes.empty()) truth.mask = std::move(mask);
  return truth;
}

std::vector<explain::Target> targets_of(const PreparedSample& sample, const Tensor& logits,
                                        ValueId of, const std::string& target) {
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
  Measuring(const zoo::Model& model, const ScoreRequest& request, explain::Methods methods)
      : model_(model),
        request_(request),
        methods_(std::move(methods)),
        of_(explain::find_logits(model.network)) {
    table_.metrics = choose_metrics(request);
    table_.layers = explain::weight_layers(model.network);
    table_.methods.resize(methods_.size());
    table_.contributions.assign(
        methods_.size(), std::vector<std::vector<explain::Contribution>>(table_.metrics.size()));
  }

  void take(const PreparedSample& picture) {
    const Tape tape =
        forward(model_.network, picture.input,
                explain::request_for(model_.network, picture.input.shape(), methods_, of_));
    const Tensor logits = as_logits(tape.value(of_));
    for (const auto& target : targets_of(picture, logits, of_, request_.target)) {
      const explain::MetricSample sample{.network = &model_.network,
                                         .picture = picture.input,
                                         .target = target,
                                         .truth = truth_of(picture, target.index)};
      measure(sample, explained(tape, sample));
      ++table_.samples;
    }
    ++table_.pictures;
  }

  ScoreTable result() && { return std::move(table_); }

 private:
  std::vector<explain::MeasuredMap> explained(const Tape& tape,
                                              const explain::MetricSample& sample) {
    const bool several = request_.explanations.layers.find(',') != std::string::npos;
    std::vector<explain::MeasuredMap> maps;
    for (std::size_t i = 0; i < methods_.size(); ++i) {
      explain::Explanation explanation = methods_[i]->explain(tape, sample.target);
      table_.methods[i] = explanation.method;
      if (several && explanation.layer != model_.network.input()) {
        table_.methods[i] += "@" + model_.network.node(explanation.layer).name;
      }
      maps.push_back(explain::measured_map(methods_[i], std::move(explanation), sample));
    }
    return maps;
  }

  void measure(const explain::MetricSample& sample, const std::vector<explain::MeasuredMap>& maps) {
    for (std::size_t k = 0; k < table_.metrics.size(); ++k) {
      std::vector<explain::Contribution> found = table_.metrics[k].measure(sample, maps);
      for (std::size_t i = 0; i < maps.size(); ++i) {
        table_.contributions[i][k].push_back(std::move(found[i]));
      }
    }
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
  PreparedSample sample = prepare(model, pictures.picture(0), classes);
  GlobalOptions quiet = globals;
  quiet.quiet = true;
  Measuring measuring(model, request,
                      require_methods(request.explanations, model, sample.input.shape(), quiet));
  Progress progress("scoring", count, globals.quiet);
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) sample = prepare(model, pictures.picture(static_cast<std::size_t>(i)), classes);
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
