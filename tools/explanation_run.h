/// From what a user asks `cameo explain` for to explanations.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "explain/explainer.h"
#include "explain/registry.h"
#include "explain/resize_map.h"
#include "explain/scores.h"
#include "tools/console.h"
#include "tools/model_input.h"
#include "tools/scores.h"

namespace cameo::tools {

/// What is to be explained, as written on the command line.
struct ExplainRequest {
  std::string methods = "gradcam";  ///< comma-separated, or "all"
  std::string targets = "top1";     ///< top1, topK, INDEX, "CLASS NAME" or A-B, comma-separated
  std::string layers = "auto";      ///< comma-separated
  /// KEY=VALUE of the methods, or METHOD.KEY=VALUE of one of them, which wins.
  std::vector<std::string> options;
  std::string preset;      ///< of presets.h, or empty
  std::uint64_t seed = 0;  ///< of methods that draw random numbers
};

/// One explanation with what people want to know beside it.
struct ExplainResult {
  explain::Explanation explanation;
  std::string layer;        ///< its name
  std::string label;        ///< the class's name, or "A rather than B"
  std::string target;       ///< the class index as file names carry it: "281", "281-242"
  double probability = 0;   ///< of the class (of A)
  std::string_view unit{};  ///< of the map's values, see explain::map_unit()
  double milliseconds = 0;  ///< of this explanation, the shared forward pass not counted
  /// Where the map's cells lie by their receptive fields; nothing where that cannot be told.
  std::optional<explain::CellGrid> cells = std::nullopt;
  bool own_layer = false;  ///< several layers were asked for: file names carry this one's
};

/// A method that does not apply to a model.
struct Refusal {
  std::string method;
  std::string reason;
};
struct ChosenMethods {
  explain::Methods methods;
  std::vector<Refusal> refused;
};

/// The methods a request names, made for each of its layers, or for all of them together where the
/// option "fuse" is given, and those among them that do not apply to the model. Throws LookupError
/// for unknown names and options, ArgumentError where no method applies.
ChosenMethods choose_methods(const ExplainRequest& request, const zoo::Model& model,
                             const Shape& picture, const GlobalOptions& globals = {});

/// The same for a black box, where methods apply that need scores alone; "all" is those.
ChosenMethods choose_blind_methods(const ExplainRequest& request, const GlobalOptions& globals);

/// choose_methods() where all that are named must apply; with "all" those that do, and
/// tell_left_out() of the others. Throws ArgumentError otherwise.
explain::Methods require_methods(const ExplainRequest& request, const zoo::Model& model,
                                 const Shape& picture, const GlobalOptions& globals = {});

/// Are all methods asked for that apply, rather than some by name?
bool asks_for_all(const ExplainRequest& request);

/// A line on stderr for each method that "all" leaves out, each reason once.
void tell_left_out(std::span<const Refusal> refused, const GlobalOptions& globals);

/// Every option of the result's method with the value that was used, by name.
explain::OptionValues options_of(const ExplainRequest& request, const ExplainResult& result);

/// Every method for every target, from one forward pass. Where `refused` is given, a method that
/// throws ArgumentError for this picture is added to it and passed over. Throws LookupError for an
/// unknown class, ArgumentError for an index that is none, and what the methods throw.
std::vector<ExplainResult> run_explanations(const zoo::Model& model, const ModelInput& input,
                                            const explain::Methods& methods,
                                            const ExplainRequest& request,
                                            std::vector<Refusal>* refused = nullptr);

/// The same where `scores` take the place of the model's network. Throws ArgumentError for a method
/// that choose_blind_methods() would refuse, and what `scores` throws.
std::vector<ExplainResult> run_black_box(const zoo::Model& model, const ModelInput& input,
                                         const explain::ScoreFunction& scores,
                                         const explain::Methods& methods,
                                         const ExplainRequest& request,
                                         std::vector<Refusal>* refused = nullptr);

}  // namespace cameo::tools
