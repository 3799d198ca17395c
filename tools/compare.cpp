// `cameo compare`: what two models see in one picture, or one model in two.
#include <iostream>

#include "core/error.h"
#include "explain/drawing.h"
#include "tools/commands.h"
#include "tools/comparison.h"
#include "tools/explain_command.h"
#include "tools/explanation_report.h"
#include "tools/html.h"
#include "tools/json.h"
#include "tools/options.h"
#include "tools/receipt.h"
#include "zoo/files.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

struct CompareCommand {
  ExplainCommand first;
  ModelChoice second;
  std::string second_layer;
  std::string scale = "shared";
  std::string out;
  std::string report;

  bool two_models() const { return !second.model.empty() || !second.weights.empty(); }
};

void check_request(const CompareCommand& command) {
  const std::size_t pictures = command.first.images.size();
  if (pictures + (command.two_models() ? 1 : 0) != 2) {
    throw ArgumentError(
        "compare: name two pictures, or one picture and a second model with --with-model or "
        "--with-weights");
  }
  for (const std::string& layers : {command.first.request.layers, command.second_layer}) {
    if (layers.find(',') == std::string::npos) continue;
    throw ArgumentError("compare: one layer a side, got \"" + layers + "\"");
  }
  check_writable(command.out);
  check_writable(command.report);
}

std::vector<ExplainResult> explain_side(const zoo::Model& model, const ModelInput& input,
                                        const ExplainRequest& request,
                                        const GlobalOptions& globals) {
  const explain::Methods methods = require_methods(request, model, input.tensor.shape(), globals);
  return run_explanations(model, input, methods, request);
}

Json side_json(const Side& side, const ExplainResult& result) {
  return {{"image", side.input.name},
          {"model", side.model.architecture},
          {"layer", result.layer},
          {"class", result.label},
          {"target", result.target},
          {"logit", result.explanation.logit},
          {"probability", result.probability},
          {"map_size", result.explanation.map.shape()},
          {"warnings", result.explanation.warnings}};
}

Json to_json(const Comparison& comparison, const Side& first, const Side& second) {
  const auto values = comparison.difference.data();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {{"method", comparison.first.explanation.method},
          {"class", comparison.first.label},
          {"target", comparison.first.target},
          {"first", side_json(first, comparison.first)},
          {"second", side_json(second, comparison.second)},
          {"rank_correlation", comparison.rank_correlation},
          {"scale", {{"low", comparison.scale.low}, {"high", comparison.scale.high}}},
          {"difference", {{"min", *low}, {"max", *high}}}};
}

std::string title_of(const Comparison& comparison) {
  return comparison.first.explanation.method + ", " + comparison.first.label + ": logit " +
         format_number(comparison.first.explanation.logit, 2) + " and " +
         format_number(comparison.second.explanation.logit, 2) + ", rank correlation " +
         format_number(comparison.rank_correlation, 2);
}

/// The comparisons one below the other, each under its title.
Tensor sheet_of(const std::vector<Comparison>& comparisons, const std::vector<Tensor>& pictures) {
  constexpr std::int64_t kGap = 12;
  constexpr std::int64_t kTitle = 16;
  std::int64_t width = 0;
  std::int64_t height = kGap;
  for (const Tensor& picture : pictures) {
    width = std::max(width, picture.dim(2));
    height += kTitle + picture.dim(1) + kGap;
  }
  Tensor sheet({3, height, width + 2 * kGap}, 1.0F);
  std::int64_t top = kGap;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    explain::draw_text(sheet, kGap, top, explain::fitted_text(title_of(comparisons[i]), width));
    explain::paste(sheet, pictures[i], kGap, top + kTitle);
    top += kTitle + pictures[i].dim(1) + kGap;
  }
  return sheet;
}

void write_report(const std::string& path, const std::vector<Comparison>& comparisons,
                  const std::vector<Tensor>& pictures, const Side& first, const Side& second) {
  std::string body =
      "<p class=\"soft\">cameo compare</p><h1>What two see</h1>\n<p>Left: " +
      escape_html(first.input.name + " under " + first.model.architecture) +
      ". Middle: " + escape_html(second.input.name + " under " + second.model.architecture) +
      ". Both on one scale. Right: the second less the first, red where the second "
      "is larger and blue where the first is.</p>\n";
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::string title = escape_html(title_of(comparisons[i]));
    body += "<h2>" + title + "</h2>\n<div class=\"scroll\"><img src=\"" + png_uri(pictures[i]) +
            "\" alt=\"" + title + "\"></div>\n";
  }
  zoo::write_file(path, html_page("What two see", body));
}

void print_table(const std::vector<Comparison>& comparisons) {
  Table table({"method", "class", "logit", "second logit", "probability", "second probability",
               "rank correlation", "largest value"});
  for (const Comparison& comparison : comparisons) {
    table.add_row({comparison.first.explanation.method, comparison.first.label,
                   format_number(comparison.first.explanation.logit, 3),
                   format_number(comparison.second.explanation.logit, 3),
                   format_percent(comparison.first.probability, 1),
                   format_percent(comparison.second.probability, 1),
                   format_number(comparison.rank_correlation, 3),
                   format_number(comparison.scale.high, 4)});
  }
  std::cout << table.text();
}

void print_warnings(const std::vector<Comparison>& comparisons) {
  for (const Comparison& comparison : comparisons) {
    for (const ExplainResult* result : {&comparison.first, &comparison.second}) {
      for (const std::string& warning : result->explanation.warnings) {
        std::cerr << "cameo: " << (result == &comparison.first ? "first " : "second ")
                  << result->explanation.method << " of " << result->label << ": " << warning
                  << std::endl;
      }
    }
  }
}

void run_compare(CompareCommand command, const GlobalOptions& globals) {
  check_request(command);
  ExplainRequest request = command.first.request;
  request.seed = globals.seed;
  const PictureStyle style = settings_of(command.first).style;
  const zoo::Model first_model = open_model(command.first.model, globals);
  const zoo::Model second_model =
      command.two_models() ? open_model(command.second, globals) : first_model;
  const ModelInput first_input = open_picture(first_model, command.first.images.front());
  const ModelInput second_input = open_picture(second_model, command.first.images.back());

  const Side first{first_model, first_input, picture_behind(first_model, first_input),
                   explain_side(first_model, first_input, request, globals)};
  request.targets = targets_for_second(first_model, second_model, first.results);
  if (!command.second_layer.empty() || command.two_models()) {
    request.layers = command.second_layer.empty() ? "auto" : command.second_layer;
  }
  const Side second{second_model, second_input, picture_behind(second_model, second_input),
                    explain_side(second_model, second_input, request, globals)};

  const std::vector<Comparison> comparisons =
      compare(first, second, style, command.scale == "each");
  std::vector<Tensor> pictures;
  if (!command.out.empty() || !command.report.empty()) {
    for (const Comparison& comparison : comparisons) {
      pictures.push_back(comparison_picture(comparison, first, second, style));
    }
  }
  if (!command.out.empty()) {
    zoo::write_png(command.out, zoo::to_image(sheet_of(comparisons, pictures)));
  }
  if (!command.report.empty()) {
    write_report(command.report, comparisons, pictures, first, second);
  }
  if (globals.json) {
    Json document = Json::array();
    for (const Comparison& comparison : comparisons) {
      document.push_back(to_json(comparison, first, second));
    }
    std::cout << document.dump(2) << "\n";
  } else {
    print_table(comparisons);
    print_warnings(comparisons);
  }
}

void add_second_model_options(Command& command, CompareCommand& options) {
  command.add_option("--with-model", options.second.model,
                     "The second model: an architecture or a file, as --model");
  command.add_option("--with-weights", options.second.weights, "Its weights");
  command.add_option("--with-classes", options.second.classes_file, "Its class names");
  command.add_option("--with-preprocess", options.second.preprocess, "Its preprocessing");
  command.add_option("--with-crop", options.second.crop, "Its crop").between(1, 16384);
  command.add_option("--with-layer", options.second_layer,
                     "The second side's layer; the same as the first's with one model, auto with "
                     "two");
}

}  // namespace

void add_compare_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("compare", "Two models on one picture, or two pictures in one model");
  auto options = std::make_shared<CompareCommand>();
  add_look_options(command, options->first);
  command.add_option("image", options->first.images, "One picture or two").required().values(1, 2);
  add_method_options(command, options->first.request);
  add_model_options(command, options->first.model);
  add_second_model_options(command, *options);
  command
      .add_option("--scale", options->scale,
                  "shared: raw values; each: every map divided by its own maximum")
      .one_of({"shared", "each"})
      .show_default();
  command.add_option("--out", options->out, "A .png: both maps on one scale and their difference");
  command.add_option("--report", options->report, "The same as one self-contained HTML page");
  command.footer("Example: cameo compare cat.jpg dog.jpg --method cam,gradcam --out both.png");
  command.action([options, &globals] { run_compare(*options, globals); });
}

}  // namespace cameo::tools
