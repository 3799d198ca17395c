// `cameo explain`: which parts of a picture a score rests on.
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/names.h"
#include "explain/display.h"
#include "explain/presets.h"
#include "tools/black_box.h"
#include "tools/commands.h"
#include "tools/explanation_pictures.h"
#include "tools/explanation_report.h"
#include "tools/explanation_run.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/files.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

struct ExplainCommand {
  ModelChoice model;
  std::string black_box;
  double silence = 600.0;  ///< seconds
  std::vector<std::string> images;
  std::string input_npy;
  ExplainRequest request;
  std::string out = ".";
  bool npy = false;
  std::string stage;  ///< empty: the preset's, or the map
  std::string colormap;
  std::string upsampling;  ///< empty: the preset's, or half-pixel
  double alpha = -1.0;
  PictureStyle style;
  std::string report;
};

/// One result and what was written of it.
struct Written {
  std::string input;
  Shape picture;  ///< `[1,C,H,W]` as the network took it
  ExplainResult result;
  std::vector<std::string> files;
};

bool names_one_file(const std::string& out) {
  return std::filesystem::path(out).extension() == ".png" && !std::filesystem::is_directory(out);
}

/// Where a result goes, without the ending.
std::filesystem::path output_base(const ExplainCommand& command, const ModelInput& input,
                                  const ExplainResult& result) {
  if (names_one_file(command.out)) {
    return std::filesystem::path(command.out).replace_extension();
  }
  std::string name = input.stem + "." + result.explanation.method + "." + result.target;
  if (result.own_layer) name += "." + result.layer;
  return std::filesystem::path(command.out) / name;
}

Tensor stage_values(const ExplainCommand& command, const ExplainResult& result,
                    const Shape& picture) {
  if (command.stage == "map") return result.explanation.map;
  if (command.stage == "signed") return result.explanation.signed_map;
  return explain::display_map(
             result.explanation, picture[2], picture[3],
             {.scaling = command.style.scaling, .upsampling = command.style.upsampling})
      .map;
}

void make_folder(const std::string& out) {
  if (names_one_file(out)) return;
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) throw FileError(out + ": cannot make this folder: " + error.message());
}

Written write_result(const ExplainCommand& command, const ModelInput& input, const Tensor& behind,
                     ExplainResult result) {
  const std::filesystem::path base = output_base(command, input, result);
  Written written{
      .input = input.name, .picture = input.tensor.shape(), .result = std::move(result)};
  const std::string png = base.string() + ".png";
  zoo::write_png(
      png, zoo::to_image(explanation_picture(written.result.explanation, behind, command.style)));
  written.files.push_back(png);
  if (command.npy) {
    const std::string npy = base.string() + ".npy";
    zoo::write_npy(npy, stage_values(command, written.result, written.picture));
    written.files.push_back(npy);
  }
  return written;
}

nlohmann::json to_json(const Written& written) {
  const explain::Explanation& explanation = written.result.explanation;
  const auto values = explanation.map.data();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  nlohmann::json residual;
  if (explanation.residual) residual = *explanation.residual;
  return {{"image", written.input},
          {"class", written.result.label},
          {"index", explanation.target.index},
          {"target", written.result.target},
          {"logit", explanation.logit},
          {"probability", written.result.probability},
          {"method", explanation.method},
          {"layer", written.result.layer},
          {"map_size", explanation.map.shape()},
          {"min", *low},
          {"max", *high},
          {"residual", residual},
          {"warnings", explanation.warnings},
          {"milliseconds", written.result.milliseconds},
          {"files", written.files}};
}

void print_results(const std::vector<Written>& results, const GlobalOptions& globals) {
  if (globals.json) {
    nlohmann::json document = nlohmann::json::array();
    for (const Written& written : results) document.push_back(to_json(written));
    std::cout << document.dump(2) << "\n";
    return;
  }
  Table table({"image", "method", "class", "logit", "probability", "layer", "ms", "file"});
  for (const Written& written : results) {
    const explain::Explanation& explanation = written.result.explanation;
    table.add_row({written.input, explanation.method, written.result.label,
                   format_number(explanation.logit, 3),
                   format_percent(written.result.probability, 1), written.result.layer,
                   format_number(written.result.milliseconds, 1), written.files.front()});
  }
  std::cout << table.text();
  for (const Written& written : results) {
    for (const std::string& warning : written.result.explanation.warnings) {
      std::cerr << "cameo: " << written.files.front() << ": " << warning << std::endl;
    }
  }
}

void check_request(ExplainCommand& command) {
  if (command.images.empty() == command.input_npy.empty()) {
    throw ArgumentError("explain: name pictures, or an array with --input-npy");
  }
  explain::DisplayOptions display;
  bool signed_maps = false;
  if (!command.request.preset.empty()) {
    const explain::Preset& preset = explain::find_preset(command.request.preset);
    display = preset.display;
    signed_maps = preset.signed_maps;
  }
  if (command.stage.empty()) command.stage = signed_maps ? "signed" : "map";
  const std::vector<std::string> stages{"map", "signed", "display"};
  if (std::find(stages.begin(), stages.end(), command.stage) == stages.end()) {
    throw LookupError(unknown_name_message("stage", command.stage, stages));
  }
  command.style.scaling = display.scaling;
  command.style.upsampling = command.upsampling.empty()
                                 ? display.upsampling
                                 : explain::find_upsampling(command.upsampling);
  if (!command.colormap.empty()) command.style.colormap = explain::find_colormap(command.colormap);
  if (command.alpha >= 0.0) command.style.alpha = static_cast<float>(command.alpha);
}

/// A bad picture or report file is to stop the run before anything is written.
void check_files(const ExplainCommand& command) {
  if (command.images.size() > 1) {
    for (const std::string& path : command.images) static_cast<void>(zoo::read_image(path));
  }
  namespace fs = std::filesystem;
  // The folder --out names is made with the first result, and the report may go into it.
  const fs::path report_folder = fs::weakly_canonical(command.report).parent_path();
  if (!fs::exists(report_folder) && report_folder == fs::weakly_canonical(command.out)) return;
  check_writable(command.report);
}

/// Of the network, or of the command in its place.
std::vector<ExplainResult> explain_input(const ExplainCommand& command, const zoo::Model& model,
                                         const ModelInput& input, const GlobalOptions& globals) {
  const ExplainRequest& request = command.request;
  if (command.black_box.empty()) {
    const explain::Methods methods = choose_methods(request, model, input.tensor.shape(), globals);
    return run_explanations(model, input, methods, request);
  }
  const std::chrono::duration<double> silence(command.silence);
  const explain::ScoreFunction scores = black_box_scores(
      command.black_box, std::chrono::duration_cast<std::chrono::milliseconds>(silence));
  return run_black_box(model, input, scores, choose_blind_methods(request, globals), request);
}

void run_explain(ExplainCommand command, const GlobalOptions& globals) {
  check_request(command);
  command.request.seed = globals.seed;
  const bool blind = !command.black_box.empty();
  const zoo::Model model =
      blind ? open_black_box(command.model, globals) : open_model(command.model, globals);
  check_files(command);
  std::vector<ModelInput> rows;
  if (!command.input_npy.empty()) rows = open_array(model, command.input_npy);
  const std::size_t count = rows.empty() ? command.images.size() : rows.size();

  std::vector<Written> written;
  ExplanationReport report(model);
  for (std::size_t i = 0; i < count; ++i) {
    const ModelInput input = rows.empty() ? open_picture(model, command.images[i]) : rows[i];
    std::vector<ExplainResult> results = explain_input(command, model, input, globals);
    if (names_one_file(command.out) && count * results.size() != 1) {
      throw ArgumentError("--out " + command.out + " is one file, but there are " +
                          std::to_string(count * results.size()) + " results; name a folder");
    }
    make_folder(command.out);
    const Tensor behind = picture_behind(model, input);
    if (!command.report.empty()) report.add(input, behind, results);
    for (ExplainResult& result : results) {
      written.push_back(write_result(command, input, behind, std::move(result)));
    }
  }
  if (!command.report.empty()) report.write(command.report);
  print_results(written, globals);
}

}  // namespace

void add_explain_command(CLI::App& app, const GlobalOptions& globals) {
  CLI::App* command = app.add_subcommand("explain", "Show what a prediction rests on");
  auto options = std::make_shared<ExplainCommand>();
  command->add_option("image", options->images, "Pictures: PNG, JPEG, BMP, PPM");
  command->add_option("--input-npy", options->input_npy,
                      "A preprocessed float32 [N,C,H,W] array in place of pictures");
  command
      ->add_option("--method", options->request.methods,
                   "Methods (cameo methods), comma-separated, or all")
      ->capture_default_str();
  command
      ->add_option(
          "--target", options->request.targets,
          "top1, topK, INDEX, \"CLASS NAME\" or A-B (why A rather than B), comma-separated")
      ->capture_default_str();
  command
      ->add_option("--layer", options->request.layers,
                   "Layer names, comma-separated; auto: the last one with a spatial extent")
      ->capture_default_str();
  command
      ->add_option("--option", options->request.options, "KEY=VALUE of a method; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--preset", options->request.preset,
                      "Conventions: pytorch-grad-cam, torch-cam, captum, paper or official");
  command
      ->add_option("--out", options->out,
                   "A .png file, or a folder for <image>.<method>.<class>.png")
      ->capture_default_str();
  command->add_flag("--npy", options->npy, "Write the values beside each picture too");
  command->add_option("--stage", options->stage,
                      "Which values: map (the method's own), signed (before its last ReLU) or "
                      "display (0 to 1 at the input's size)");
  command->add_option("--colormap", options->colormap,
                      "jet, turbo, viridis, inferno, grey or diverging");
  command->add_option("--upsampling", options->upsampling,
                      "How maps reach the picture's size: half-pixel, align-corners or nearest");
  command->add_option("--alpha", options->alpha, "Share of the map in the overlay")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--box", options->style.box, "Draw the box at 20 % of the map's maximum");
  command->add_flag("--colorbar", options->style.color_bar,
                    "Put the colours with their values beside the picture");
  command->add_option("--report", options->report,
                      "Write one self-contained HTML page of all results");
  command
      ->add_option("--black-box", options->black_box,
                   "A command in place of a model: pictures come on its stdin as a float32 .npy "
                   "[N,C,H,W], it writes scores to stdout as a .npy [N,K]; for occlusion, "
                   "feature-ablation, rise, lime and kernel-shap")
      ->check([](const std::string& text) {
        return text.empty() ? "expected a command" : std::string();
      });
  command
      ->add_option("--black-box-timeout", options->silence,
                   "Seconds after which a command that neither reads nor writes is stopped")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  add_model_options(*command, options->model);
  command->footer(
      "Example: cameo explain photo.jpg --method gradcam,guided --target top2 --out maps");
  command->callback([options, &globals] { run_explain(*options, globals); });
}

}  // namespace cameo::tools
