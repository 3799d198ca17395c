#include "tools/explanation_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/names.h"
#include "core/tape.h"
#include "explain/alignment.h"
#include "explain/perturbation.h"
#include "explain/presets.h"
#include "explain/target.h"
#include "explain/units.h"
#include "layers/evaluation.h"
#include "tools/model_options.h"
#include "tools/options.h"

namespace cameo::tools {

namespace {

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// A class by index or by name, upper and lower case alike.
std::optional<std::int64_t> find_class(const zoo::Model& model, const std::string& text) {
  if (const std::optional<std::int64_t> index = parse_index(text)) return index;
  const auto same = [&](const std::string& name) {
    return std::equal(name.begin(), name.end(), text.begin(), text.end(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) ==
             std::tolower(static_cast<unsigned char>(b));
    });
  };
  const auto found = std::find_if(model.class_names.begin(), model.class_names.end(), same);
  if (found == model.class_names.end()) return std::nullopt;
  return found - model.class_names.begin();
}

/// A-B, at any hyphen that leaves two classes; names may hold hyphens of their own.
std::optional<explain::Target> find_pair(const zoo::Model& model, ValueId of,
                                         const std::string& text) {
  for (std::size_t hyphen = text.find('-'); hyphen != std::string::npos;
       hyphen = text.find('-', hyphen + 1)) {
    const auto a = find_class(model, text.substr(0, hyphen));
    const auto b = find_class(model, text.substr(hyphen + 1));
    if (a && b) return explain::Target{.of = of, .index = *a, .against = *b};
  }
  return std::nullopt;
}

std::vector<explain::Target> find_targets(const zoo::Model& model, std::span<const float> scores,
                                          ValueId of, const std::string& text) {
  if (text.starts_with("top")) {
    if (const auto count = parse_index(std::string_view(text).substr(3)); count && *count > 0) {
      return explain::top_targets(scores, of, *count);
    }
  }
  if (const auto index = find_class(model, text)) return {{.of = of, .index = *index}};
  if (const auto pair = find_pair(model, of, text)) return {*pair};
  throw LookupError(unknown_name_message("class", text, model.class_names));
}

/// Class names may hold commas, so the whole text is tried before its items.
std::vector<explain::Target> all_targets(const zoo::Model& model, std::span<const float> scores,
                                         ValueId of, const std::string& text) {
  if (find_class(model, text)) return find_targets(model, scores, of, text);
  std::vector<explain::Target> targets;
  for (const std::string& item : split_list("--target", text)) {
    const std::vector<explain::Target> found = find_targets(model, scores, of, item);
    targets.insert(targets.end(), found.begin(), found.end());
  }
  return targets;
}

bool takes_option(const explain::MethodInfo& info, const std::string& key) {
  return std::any_of(info.options.begin(), info.options.end(),
                     [&](const explain::OptionInfo& option) { return option.key == key; });
}

/// What an option is called and, of METHOD.KEY, the only method that it is for.
struct OptionKey {
  std::string method;
  std::string key;
};

OptionKey parse_option_key(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return {.method = "", .key = text};
  return {.method = text.substr(0, dot), .key = text.substr(dot + 1)};
}

/// Throws LookupError for an option that none of the methods takes.
void check_options(const ExplainRequest& request, const std::vector<std::string>& methods) {
  for (const std::string& text : request.options) {
    const OptionKey option = parse_option_key(parse_key_value("--option", text).first);
    const bool scoped = !option.method.empty();
    if (scoped && std::find(methods.begin(), methods.end(), option.method) == methods.end()) {
      throw LookupError(unknown_name_message("method", option.method, methods));
    }
    std::vector<std::string> known;
    for (const std::string& method : methods) {
      if (scoped && method != option.method) continue;
      for (const auto& one : explain::method_info(method).options) known.push_back(one.key);
    }
    if (std::find(known.begin(), known.end(), option.key) == known.end()) {
      throw LookupError(unknown_name_message("option of these methods", option.key, known));
    }
  }
}

/// The options given for one method: its own METHOD.KEY=VALUE before KEY=VALUE.
explain::OptionValues options_given(const ExplainRequest& request,
                                    const explain::MethodInfo& info) {
  explain::OptionValues own;
  explain::OptionValues common;
  for (const std::string& text : request.options) {
    const auto [name, value] = parse_key_value("--option", text);
    const OptionKey option = parse_option_key(name);
    if (option.method == info.name) own[option.key] = value;
    if (option.method.empty() && takes_option(info, name)) common[name] = value;
  }
  own.merge(common);
  return own;
}

std::string target_text(const explain::Target& target) {
  std::string text = std::to_string(target.index);
  if (target.against) text += "-" + std::to_string(*target.against);
  return text;
}

std::string target_label(const zoo::Model& model, const explain::Target& target) {
  std::string label = class_label(model, target.index);
  if (target.against) label += " rather than " + class_label(model, *target.against);
  return label;
}

/// The methods that need scores alone, by name.
std::string blind_methods() {
  std::string names;
  for (const std::string& name : explain::method_names()) {
    const auto method = explain::make_method(name);
    if (dynamic_cast<const explain::Perturbation*>(method.get()) == nullptr) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

/// Throws ArgumentError for a method that needs more than scores.
const explain::Perturbation& as_blind(const explain::Explainer& method) {
  const auto* const blind = dynamic_cast<const explain::Perturbation*>(&method);
  if (blind != nullptr) return *blind;
  throw ArgumentError(
      "method \"" + method.info().name +
      "\" needs to see into the network; of a black box these can explain: " + blind_methods());
}

/// Those for which `check(method)` throws no ArgumentError.
template <typename F>
ChosenMethods sort_out(const explain::Methods& methods, F check) {
  ChosenMethods chosen;
  std::string names;
  for (const auto& method : methods) {
    try {
      check(*method);
      chosen.methods.push_back(method);
    } catch (const ArgumentError& error) {
      const std::string& name = method->info().name;
      chosen.refused.push_back({.method = name, .reason = error.what()});
      names += (names.empty() ? "" : ", ") + name;
    }
  }
  if (!chosen.methods.empty()) return chosen;
  const std::string& first = chosen.refused.front().reason;
  if (chosen.refused.size() == 1) throw ArgumentError(first);
  throw ArgumentError("none of these methods applies: " + names + "; of the first: " + first);
}

/// Adds to `refused` why a method cannot explain a picture; where that is null the error goes on.
template <typename F>
std::optional<explain::Explanation> attempt(const explain::Explainer& method,
                                            std::vector<Refusal>* refused, F explain) {
  try {
    return explain();
  } catch (const ArgumentError& error) {
    if (refused == nullptr) throw;
    refused->push_back({.method = method.info().name, .reason = error.what()});
    return std::nullopt;
  }
}

/// Every method for every target; `explain_one(method, target)` makes an explanation.
template <typename F>
std::vector<ExplainResult> explain_targets(const zoo::Model& model, std::span<const float> logits,
                                           const std::vector<Score>& scores, ValueId of,
                                           const explain::Methods& methods,
                                           const ExplainRequest& request,
                                           std::vector<Refusal>* refused, F explain_one) {
  const bool several_layers = request.layers.find(',') != std::string::npos;
  const bool fused = std::any_of(request.options.begin(), request.options.end(),
                                 [](const std::string& text) { return text.starts_with("fuse="); });
  std::vector<ExplainResult> results;
  for (const explain::Target& target : all_targets(model, logits, of, request.targets)) {
    // A class that does not exist is no method's fault.
    static_cast<void>(explain::score_in_row(logits, target, explain::Output::kLogit));
    for (const auto& method : methods) {
      const auto start = std::chrono::steady_clock::now();
      std::optional<explain::Explanation> explanation =
          attempt(*method, refused, [&] { return explain_one(*method, target); });
      if (!explanation) continue;
      ExplainResult result{.explanation = std::move(*explanation),
                           .label = target_label(model, target),
                           .target = target_text(target)};
      const std::chrono::duration<double, std::milli> time =
          std::chrono::steady_clock::now() - start;
      result.milliseconds = time.count();
      const ValueId layer = result.explanation.layer;
      result.layer = layer < 0 ? "black box" : model.network.node(layer).name;
      const bool one_for_all = fused && takes_option(method->info(), "fuse");
      result.own_layer = several_layers && !one_for_all && takes_option(method->info(), "layer");
      result.probability = scores.at(static_cast<std::size_t>(target.index)).probability;
      result.unit = explain::map_unit(result.explanation.method, options_of(request, result));
      results.push_back(std::move(result));
    }
  }
  if (results.empty() && refused != nullptr && !refused->empty()) {
    throw ArgumentError("none of these methods applies; of the first: " + refused->front().reason);
  }
  return results;
}

/// Of a black box: values that are probabilities already stay as they are.
std::vector<Score> scores_as_given(std::span<const float> row) {
  std::vector<Score> scores = softmax_scores(row);
  const double total = std::accumulate(row.begin(), row.end(), 0.0);
  const bool negative = std::any_of(row.begin(), row.end(), [](float v) { return v < 0.0F; });
  if (negative || std::abs(total - 1.0) > 1e-3) return scores;
  for (Score& score : scores) score.probability = score.logit;
  return scores;
}

/// What a command gives is taken as it is: it may well be probabilities.
explain::OptionValues blind_defaults() { return {{"output", "logit"}, {"batch", "64"}}; }

/// Shows how far a method is; a new line for each time that it begins anew.
explain::ProgressFunction progress_line(const std::string& method, bool quiet) {
  struct Line {
    std::unique_ptr<Progress> progress{};
    std::int64_t total = 0;
  };
  return [method, quiet, line = std::make_shared<Line>()](std::int64_t done, std::int64_t total) {
    if (!line->progress || line->total != total) {
      line->progress = std::make_unique<Progress>(method, total, quiet);
      line->total = total;
    }
    line->progress->update(done);
    if (done >= total) line->progress.reset();
  };
}

/// For each of the layers where a method takes one.
explain::Methods make_methods(const ExplainRequest& request, const GlobalOptions& globals) {
  const std::vector<std::string> names =
      asks_for_all(request) ? explain::method_names() : split_list("--method", request.methods);
  const std::vector<std::string> layers = split_list("--layer", request.layers);
  check_options(request, names);
  explain::Methods methods;
  for (const std::string& name : names) {
    const explain::MethodInfo& info = explain::method_info(name);
    explain::OptionValues values = options_given(request, info);
    if (!request.preset.empty()) {
      values = explain::with_preset(explain::find_preset(request.preset), name, values);
    }
    if (takes_option(info, "seed")) values.try_emplace("seed", std::to_string(request.seed));
    const bool layered = takes_option(info, "layer");
    if (layered && values.count("fuse") == 1) values.try_emplace("layer", request.layers);
    for (const std::string& layer : layers) {
      if (layered && values.count("layer") == 0) values["layer"] = layer;
      methods.push_back(explain::make_method(name, values, progress_line(name, globals.quiet)));
      if (!layered || values.count("fuse") == 1) break;
      values.erase("layer");
    }
  }
  return methods;
}

}  // namespace

ChosenMethods choose_blind_methods(const ExplainRequest& request, const GlobalOptions& globals) {
  const std::vector<std::string> names =
      split_list("--method", asks_for_all(request) ? blind_methods() : request.methods);
  check_options(request, names);
  explain::Methods methods;
  for (const std::string& name : names) {
    const explain::MethodInfo& info = explain::method_info(name);
    explain::OptionValues values = options_given(request, info);
    values.merge(blind_defaults());
    values.try_emplace("seed", std::to_string(globals.seed));
    std::erase_if(values, [&](const auto& entry) { return !takes_option(info, entry.first); });
    methods.push_back(explain::make_method(name, values, progress_line(name, globals.quiet)));
  }
  return sort_out(methods, as_blind);
}

explain::OptionValues options_of(const ExplainRequest& request, const ExplainResult& result) {
  const explain::MethodInfo& info = explain::method_info(result.explanation.method);
  explain::OptionValues values = options_given(request, info);
  if (!request.preset.empty()) {
    values = explain::with_preset(explain::find_preset(request.preset), info.name, values);
  }
  if (takes_option(info, "seed")) values.try_emplace("seed", std::to_string(request.seed));
  if (result.explanation.layer < 0) {
    for (const auto& [key, value] : blind_defaults()) {
      if (takes_option(info, key)) values.try_emplace(key, value);
    }
  }
  if (takes_option(info, "layer")) {
    values.try_emplace("layer", values.count("fuse") == 1 ? request.layers : result.layer);
  }
  for (const explain::OptionInfo& option : info.options) {
    values.try_emplace(option.key, option.default_value);
  }
  return values;
}

ChosenMethods choose_methods(const ExplainRequest& request, const zoo::Model& model,
                             const Shape& picture, const GlobalOptions& globals) {
  const ValueId of = explain::find_logits(model.network);
  return sort_out(make_methods(request, globals), [&](const explain::Explainer& method) {
    Request needs;
    method.prepare(model.network, picture, of, needs);
  });
}

explain::Methods require_methods(const ExplainRequest& request, const zoo::Model& model,
                                 const Shape& picture, const GlobalOptions& globals) {
  const ChosenMethods chosen = choose_methods(request, model, picture, globals);
  if (!asks_for_all(request) && !chosen.refused.empty()) {
    throw ArgumentError(chosen.refused.front().reason);
  }
  tell_left_out(chosen.refused, globals);
  return chosen.methods;
}

bool asks_for_all(const ExplainRequest& request) { return request.methods == "all"; }

void tell_left_out(std::span<const Refusal> refused, const GlobalOptions& globals) {
  std::set<std::string> told;
  for (const Refusal& refusal : refused) {
    const std::string line = "cameo: " + refusal.method + " is left out: " + refusal.reason;
    if (told.insert(line).second) say(globals, line);
  }
}

std::vector<ExplainResult> run_explanations(const zoo::Model& model, const ModelInput& input,
                                            const explain::Methods& methods,
                                            const ExplainRequest& request,
                                            std::vector<Refusal>* refused) {
  const ValueId of = explain::find_logits(model.network);
  const Request run = explain::request_for(model.network, input.tensor.shape(), methods, of);
  const Tape tape = forward(model.network, input.tensor, run);
  const Tensor logits = as_logits(tape.value(of));
  std::vector<ExplainResult> results = explain_targets(
      model, logits.data(), softmax_scores(logits.data()), of, methods, request, refused,
      [&](const explain::Explainer& method, const explain::Target& target) {
        return method.explain(tape, target);
      });
  const explain::CellPlaces places(model.network, input.tensor.shape());
  for (ExplainResult& result : results) result.cells = places.of(result.explanation);
  return results;
}

std::vector<ExplainResult> run_black_box(const zoo::Model& model, const ModelInput& input,
                                         const explain::ScoreFunction& scores,
                                         const explain::Methods& methods,
                                         const ExplainRequest& request,
                                         std::vector<Refusal>* refused) {
  constexpr ValueId kNone = -1;
  const Tensor row = scores(input.tensor);
  return explain_targets(model, row.data(), scores_as_given(row.data()), kNone, methods, request,
                         refused,
                         [&](const explain::Explainer& method, const explain::Target& target) {
                           return as_blind(method).explain_scores(scores, input.tensor, target);
                         });
}

}  // namespace cameo::tools
