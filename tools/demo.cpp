// `cameo demo`: trains a small GAP network on Scenes for about a minute and writes a page that
// shows what it looks at.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "core/error.h"
#include "explain/boxes.h"
#include "explain/display.h"
#include "explain/drawing.h"
#include "layers/evaluation.h"
#include "layers/summary.h"
#include "tools/commands.h"
#include "tools/demo_page.h"
#include "tools/explanation_pictures.h"
#include "tools/explanation_report.h"
#include "tools/explanation_run.h"
#include "tools/html.h"
#include "tools/json.h"
#include "tools/training.h"
#include "zoo/datasets/scenes/scenes.h"
#include "zoo/files.h"
#include "zoo/resize.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kPictureScale = 3;  // of the 64x64 scenes on the page

struct DemoCommand {
  std::string out = "demo";
  std::int64_t train = 12000;
  std::int64_t test = 1000;
  Recipe recipe{.epochs = 3,
                .batch = 16,
                .learning_rate = 0.1,
                .optimizer = "nesterov",
                .augment = "flip,shift=4"};
};

/// A scene as an input of the network.
ModelInput scene_input(const zoo::Model& model, const zoo::RenderedScene& scene) {
  zoo::Image picture(scene.size, scene.size);
  picture.pixels = scene.pixels;
  zoo::PreparedImage prepared = zoo::apply(model.preprocess, picture);
  return {.name = "scene",
          .stem = "scene",
          .tensor = std::move(prepared.input),
          .original = std::move(picture),
          .shown = std::move(prepared.shown)};
}

explain::Box to_box(const zoo::PixelBox& box) {
  return {.left = box.x0, .top = box.y0, .right = box.x1, .bottom = box.y1};
}

explain::Box scaled(const explain::Box& box) {
  return {.left = box.left * kPictureScale,
          .top = box.top * kPictureScale,
          .right = box.right * kPictureScale,
          .bottom = box.bottom * kPictureScale};
}

Tensor enlarged(const ModelInput& input) {
  const zoo::Image large = zoo::resize(input.shown, input.shown.width * kPictureScale,
                                       input.shown.height * kPictureScale);
  return zoo::to_tensor(large).reshaped({3, large.height, large.width});
}

/// CAM of the predicted class, at the picture's size.
Tensor cam_display(const zoo::Model& model, const ModelInput& input) {
  const ExplainRequest request{.methods = "cam"};
  const explain::Methods methods = require_methods(request, model, input.tensor.shape());
  const std::vector<ExplainResult> results = run_explanations(model, input, methods, request);
  return explain::display_map(results.front().explanation, input.shown.height, input.shown.width)
      .map;
}

/// Does CAM find the object? Counted over the correctly classified pictures.
void measure_localization(const zoo::Model& model, const zoo::Scenes& scenes,
                          const Evaluation& evaluation, DemoReport& report) {
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    if (evaluation.predictions[i] != scenes.label(i)) continue;
    const zoo::RenderedScene scene = scenes.rendered(i);
    const explain::Box truth = to_box(scene.objects.front().box);
    const Tensor map = cam_display(model, scene_input(model, scene));
    const auto box = explain::largest_component_box(map, {.share = 0.2F});
    ++report.peak_in_box.total;
    ++report.box_overlap.total;
    if (explain::points_into(map, truth)) ++report.peak_in_box.hits;
    if (box && explain::intersection_over_union(*box, truth) >= 0.5) ++report.box_overlap.hits;
  }
}

PictureCell input_cell(const zoo::Model& model, const ModelInput& input, const explain::Box& truth,
                       const std::string& label) {
  Tensor picture = enlarged(input);
  explain::draw_box(picture, scaled(truth), explain::kWhite, 2);
  const auto box = explain::largest_component_box(cam_display(model, input), {.share = 0.2F});
  if (box) explain::draw_box(picture, scaled(*box), explain::kBlack, 1);
  return {.picture = jpeg_uri(picture), .label = label};
}

std::vector<PictureCell> single_row(const zoo::Model& model, const zoo::Scenes& scenes,
                                    std::size_t index, const ExplainRequest& request) {
  const zoo::RenderedScene scene = scenes.rendered(index);
  const ModelInput input = scene_input(model, scene);
  const explain::Methods methods = require_methods(request, model, input.tensor.shape());
  const std::vector<ExplainResult> results = run_explanations(model, input, methods, request);
  const std::string truth = scenes.class_names()[static_cast<std::size_t>(scenes.label(index))];
  std::vector<PictureCell> row{input_cell(model, input, to_box(scene.objects.front().box), truth)};
  const Tensor behind = enlarged(input);
  for (std::size_t i = 0; i < results.size(); ++i) {
    PictureCell cell{.picture = jpeg_uri(explanation_picture(results[i], behind, {})), .label = ""};
    if (i == 0) {
      cell.label = results[i].label + " " + format_percent(results[i].probability, 0);
      cell.wrong = results[i].label != truth;
    }
    row.push_back(std::move(cell));
  }
  return row;
}

/// Two correct pictures of each class while they last, then the first errors.
std::vector<std::size_t> choose_pictures(const zoo::Scenes& scenes, const Evaluation& evaluation) {
  constexpr int kPerClass = 2;
  constexpr std::size_t kErrors = 4;
  std::vector<int> shown(scenes.class_names().size(), 0);
  std::vector<std::size_t> correct;
  std::vector<std::size_t> errors;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    if (evaluation.predictions[i] != scenes.label(i)) {
      if (errors.size() < kErrors) errors.push_back(i);
    } else if (shown[static_cast<std::size_t>(scenes.label(i))]++ < kPerClass) {
      correct.push_back(i);
    }
  }
  std::stable_sort(correct.begin(), correct.end(),
                   [&](std::size_t a, std::size_t b) { return scenes.label(a) < scenes.label(b); });
  correct.insert(correct.end(), errors.begin(), errors.end());
  return correct;
}

PictureGrid single_grid(const zoo::Model& model, const zoo::Scenes& scenes,
                        const Evaluation& evaluation) {
  const ExplainRequest request{.methods = "cam,gradcam,guided,guided-gradcam,deconvnet,saliency"};
  PictureGrid grid{.columns = {"picture", "CAM", "Grad-CAM", "guided backpropagation",
                               "guided Grad-CAM", "deconvnet", "saliency"},
                   .rows = {}};
  for (const std::size_t index : choose_pictures(scenes, evaluation)) {
    grid.rows.push_back(single_row(model, scenes, index, request));
  }
  return grid;
}

PictureGrid multiple_grid(const zoo::Model& model, std::uint64_t seed) {
  constexpr std::int64_t kPictures = 8;
  zoo::SceneOptions pairs = zoo::multi_object_scenes();
  pairs.max_objects = 2;
  const zoo::Scenes scenes(
      {.split = zoo::SceneSplit::kTest, .count = kPictures, .scene = pairs, .seed = seed});
  PictureGrid grid{.columns = {"picture", "evidence for the one", "evidence for the other"},
                   .rows = {}};
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const zoo::Scene scene = scenes.scene(i);
    const zoo::RenderedScene rendered = scenes.rendered(i);
    const ModelInput input = scene_input(model, rendered);
    const Tensor behind = enlarged(input);
    std::vector<PictureCell> row{{.picture = jpeg_uri(behind), .label = ""}};
    for (std::size_t k = 0; k < scene.objects.size(); ++k) {
      const ExplainRequest request{.targets =
                                       std::to_string(static_cast<int>(scene.objects[k].shape))};
      const explain::Methods methods = require_methods(request, model, input.tensor.shape());
      const ExplainResult result = run_explanations(model, input, methods, request).front();
      Tensor picture = explanation_picture(result, behind, {});
      explain::draw_box(picture, scaled(to_box(rendered.objects[k].box)), explain::kWhite, 1);
      row.push_back({.picture = jpeg_uri(picture),
                     .label = result.label + " " + format_percent(result.probability, 0)});
    }
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

void add_history(const TrainingRun& run, std::int64_t pictures_per_epoch, DemoReport& report) {
  for (const CurvePoint& point : run.curve) {
    report.training.push_back({.pictures = static_cast<double>(point.pictures),
                               .loss = point.loss,
                               .accuracy = point.accuracy});
  }
  for (const EpochRecord& record : run.history) {
    report.test.push_back({.pictures = static_cast<double>(record.epoch * pictures_per_epoch),
                           .loss = record.validation_loss.value_or(0.0),
                           .accuracy = record.validation_accuracy.value_or(0.0)});
  }
}

std::string model_line(const zoo::Model& model) {
  Shape input = model.network.input_shape();
  input.insert(input.begin(), 1);
  return model.architecture + ": " + std::to_string(parameter_count(model.network)) +
         " parameters, " +
         format_number(static_cast<double>(multiply_adds(model.network, input)) * 1e-6, 1) +
         " million multiply-adds a picture of " + std::to_string(input[2]) + "×" +
         std::to_string(input[3]) + ", maps of 16×16.";
}

void print_result(const DemoReport& report, const std::string& page, const GlobalOptions& globals) {
  if (globals.json) {
    std::cout << Json({{"page", page},
                       {"accuracy", report.accuracy.share()},
                       {"peak_in_box", report.peak_in_box.share()},
                       {"box_iou_at_least_half", report.box_overlap.share()},
                       {"training_seconds", report.training_seconds},
                       {"images_per_second", report.images_per_second}})
                     .dump(2)
              << "\n";
    return;
  }
  std::cout << "test accuracy                        " << format_percent(report.accuracy.share(), 1)
            << "\npeak of CAM inside the object's box   "
            << format_percent(report.peak_in_box.share(), 1)
            << "\nCAM's box at 20 % overlaps, IoU ≥ 0.5 "
            << format_percent(report.box_overlap.share(), 1) << "\nwrote " << page << "\n";
}

void run_demo(const DemoCommand& command, const GlobalOptions& globals) {
  std::error_code error;
  std::filesystem::create_directories(command.out, error);
  if (error) throw FileError(command.out + ": cannot make this folder: " + error.message());
  say(globals, "drawing " + std::to_string(command.train + command.test) + " scenes");
  const zoo::Scenes training(
      {.split = zoo::SceneSplit::kTrain, .count = command.train, .seed = globals.seed});
  const zoo::Scenes test(
      {.split = zoo::SceneSplit::kTest, .count = command.test, .seed = globals.seed});

  zoo::Model model = zoo::create_model("gapnet", {.seed = globals.seed});
  model.class_names = training.class_names();
  measure_normalization(model, training);
  const TrainingRun run = run_training(model, training, &test, command.recipe, {}, globals);
  zoo::save_model(std::filesystem::path(command.out) / "gapnet-scenes.safetensors", model);

  say(globals, "explaining");
  const Evaluation evaluation =
      evaluate(model.network, test, {.normalization = normalization_of(model)});
  DemoReport report{
      .model = model_line(model),
      .command = "cameo demo --out " + command.out + " --seed " + std::to_string(globals.seed),
      .training_seconds = run.seconds,
      .images_per_second =
          static_cast<double>(command.train * command.recipe.epochs) / std::max(run.seconds, 1e-9),
      .training_pictures = command.train,
      .confusion = evaluation.confusion,
      .class_names = model.class_names};
  report.accuracy = {.hits = std::llround(evaluation.top1 * static_cast<double>(evaluation.count)),
                     .total = evaluation.count};
  add_history(run, command.train, report);
  measure_localization(model, test, evaluation, report);
  report.single = single_grid(model, test, evaluation);
  report.multiple = multiple_grid(model, globals.seed);
  report.color_bar = png_uri(explain::color_bar(0.0F, 1.0F, {.height = 96}));
  const std::string page = (std::filesystem::path(command.out) / "index.html").string();
  zoo::write_file(page, demo_page(report));
  print_result(report, page, globals);
}

}  // namespace

void add_demo_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command(
      "demo", "Train a small network for about a minute and show what it looks at");
  auto options = std::make_shared<DemoCommand>();
  command.add_option("--out", options->out, "Folder for index.html and the trained model")
      .show_default();
  command.add_option("--train", options->train, "Training pictures to draw")
      .between(100, 1000000)
      .show_default();
  command.add_option("--test", options->test, "Test pictures to draw")
      .between(100, 100000)
      .show_default();
  command.add_option("--epochs", options->recipe.epochs, "Passes over them")
      .between(1, 1000)
      .show_default();
  command.footer("Example: cameo demo --out demo");
  command.action([options, &globals] { run_demo(*options, globals); });
}

}  // namespace cameo::tools
