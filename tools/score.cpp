// `cameo score`: how good explanations are, methods by metrics over a data set.
#include <iostream>
#include <memory>

#include "tools/commands.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "tools/score_report.h"
#include "tools/score_run.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

struct ScoreCommand {
  ModelChoice model;
  std::string data;
  std::string split = "test";
  ScoreRequest request{
      .explanations = {.methods = "gradcam,cam,guided,guided-gradcam,saliency,occlusion"},
      .metrics = "deletion,insertion,road,average-drop,pointing-game,energy-pointing"};
  std::int64_t resamples = 1000;
  std::string csv;
};

void run_score(ScoreCommand command, const GlobalOptions& globals) {
  check_writable(command.csv);
  command.request.explanations.seed = globals.seed;
  const zoo::Model model = open_model(command.model, globals);
  const std::unique_ptr<zoo::AnnotatedPictures> pictures =
      zoo::open_annotated_pictures(command.data, {.split = command.split,
                                                  .image_shape = model.network.input_shape(),
                                                  .count = command.request.limit,
                                                  .seed = globals.seed});
  const ScoreTable table = measure_methods(model, *pictures, command.request, globals);
  tell_left_out(table.left_out, globals);
  const ScoreFigures figures =
      sum_up(table, {.resamples = command.resamples, .seed = globals.seed});
  if (!command.csv.empty()) zoo::write_file(command.csv, score_csv(figures));
  if (globals.json) {
    std::cout << score_json(figures, command.data, command.request);
    return;
  }
  std::cout << score_text(figures);
  say(globals, std::to_string(figures.samples) + " explanations a method on " +
                   std::to_string(figures.pictures) +
                   " pictures; in brackets the 95 % intervals of the bootstrap");
}

}  // namespace

void add_score_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("score", "Measure explanation methods on a data set by many metrics");
  auto options = std::make_shared<ScoreCommand>();
  ExplainRequest& explanations = options->request.explanations;
  add_model_options(command, options->model);
  command
      .add_option("--data", options->data,
                  "scenes, a folder with COCO, VOC or CUB annotations, a COCO .json, or any data "
                  "set (cameo datasets)")
      .required();
  command.add_option("--split", options->split, "Which part of it").show_default();
  command.add_option("--limit", options->request.limit, "The first N pictures alone")
      .between(1, 10000000);
  command
      .add_option("--methods,--method", explanations.methods,
                  "Methods (cameo methods), comma-separated, or all")
      .show_default();
  command
      .add_option("--metrics", options->request.metrics,
                  "Metrics (cameo metrics), comma-separated, or all")
      .show_default();
  command
      .add_option("--target", options->request.target,
                  "label (the picture's class), each (of the classes in it) or top1 (what the "
                  "model predicts)")
      .show_default();
  command.add_option("--layer", explanations.layers, "Layer names, comma-separated, or auto")
      .show_default();
  command.add_option("--option", explanations.options, "KEY=VALUE of a method; may be repeated")
      .one_value_a_time();
  command
      .add_option("--metric-option", options->request.metric_options,
                  "KEY=VALUE of a metric; may be repeated")
      .one_value_a_time();
  command.add_option("--preset", explanations.preset,
                     "Conventions: pytorch-grad-cam, torch-cam, captum, paper or official");
  command.add_option("--resamples", options->resamples, "Of the bootstrap")
      .between(1, 1000000)
      .show_default();
  command.add_option("--csv", options->csv, "Write the figures to this file too");
  command.footer(
      "Example: cameo score --data scenes --limit 50 --methods cam,gradcam,saliency "
      "--metrics deletion,pointing-game");
  command.action([options, &globals] { run_score(*options, globals); });
}

}  // namespace cameo::tools
