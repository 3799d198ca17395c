// A shortcut is planted in the training pictures: do maps give it away before the test set does?
#include <algorithm>

#include "explain/metrics/localization.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"
#include "tools/labs/weather.h"

namespace cameo::tools {

namespace {

constexpr double kBias = 0.98;  // the share of pictures that have their shape's weather
constexpr double kNoBias = 0.5;
constexpr std::size_t kShown = 6;

/// A test picture; the same whichever network sees it.
struct Picture {
  ModelInput input;
  std::int64_t label;
  Tensor object;   ///< `[H,W]`, 1 on the object
  Tensor weather;  ///< likewise on the sun or cloud
};

Picture picture_of(const zoo::Model& model, const WeatherScenes& scenes, std::size_t index) {
  return {.input = picture_input(model, "scene " + std::to_string(index), scenes.picture(index)),
          .label = scenes.label(index),
          .object = scenes.object_mask(index),
          .weather = scenes.weather_mask(index)};
}

/// A network on a test set.
struct Outcome {
  Rate accuracy;
  Rate pointing;                   ///< Grad-CAM of the decision peaks on the object
  std::vector<double> on_object;   ///< share of it on the object
  std::vector<double> on_weather;  ///< and on the sun or cloud
};

struct Seen {
  std::int64_t decision;
  ExplainResult gradcam;
};

Seen look(const zoo::Model& model, const Picture& picture, Outcome& outcome) {
  const explain::Methods methods = lab_methods(model, "gradcam");
  const Examined examined(model, picture.input, methods);
  Seen seen{.decision = examined.top(), .gradcam = examined.explain(0, examined.top())};
  const Tensor map = relevance_of(seen.gradcam, picture.input);
  outcome.accuracy.count(seen.decision == picture.label);
  outcome.pointing.count(explain::points_near(map, picture.object, 1.0));
  outcome.on_object.push_back(share_inside(map, picture.object));
  outcome.on_weather.push_back(share_inside(map, picture.weather));
  return seen;
}

/// Both networks on one test set.
struct Comparison {
  Outcome shortcut;
  Outcome repaired;
  LabPictures pictures;
};

Comparison compare(const zoo::Model& shortcut, const zoo::Model& repaired,
                   const WeatherScenes& scenes, std::string caption) {
  Comparison result;
  result.pictures = {
      .caption = std::move(caption),
      .grid = {.columns = {"picture", "trained with the shortcut", "repaired"}, .rows = {}}};
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    // Every network has the normalisation of its own training pictures.
    const Picture first = picture_of(shortcut, scenes, i);
    const Picture second = picture_of(repaired, scenes, i);
    const Seen by_shortcut = look(shortcut, first, result.shortcut);
    const Seen by_repaired = look(repaired, second, result.repaired);
    if (i >= kShown) continue;
    const auto map = [](const zoo::Model& model, const Picture& picture, const Seen& seen) {
      PictureCell shown =
          map_cell(model, picture.input, seen.gradcam, class_label(model, seen.decision));
      shown.wrong = seen.decision != picture.label;
      return shown;
    };
    result.pictures.grid.rows.push_back(
        {picture_cell(shortcut, first.input, class_label(shortcut, first.label)),
         map(shortcut, first, by_shortcut), map(repaired, second, by_repaired)});
  }
  return result;
}

std::vector<Cell> row_of(const std::string& network, const std::string& set, const Outcome& outcome,
                         std::uint64_t seed) {
  return {cell(network),
          cell(set),
          cell(outcome.accuracy),
          percent_cell(mean_of(outcome.on_object, seed)),
          percent_cell(mean_of(outcome.on_weather, seed)),
          cell(outcome.pointing)};
}

double points_lost(const Outcome& in, const Outcome& out) {
  return 100.0 * (in.accuracy.share() - out.accuracy.share());
}

std::string points_text(double points) { return format_number(points, 1) + " points"; }

/// Would the accuracy on pictures of its own kind have warned of the network?
std::string warning(const Comparison& in) {
  const Rate& shortcut = in.shortcut.accuracy;
  const Rate& repaired = in.repaired.accuracy;
  return "On pictures with the shortcut the network that learned it is right about " +
         to_text(shortcut) + ", the repaired one about " + to_text(repaired) + ": " +
         (shortcut.high() < repaired.low() ? "the accuracy is the lower one already there."
                                           : "the accuracy gives nothing away.");
}

std::vector<std::string> conclusions(const Comparison& in, const Comparison& out,
                                     std::uint64_t seed) {
  const Order order =
      order_of(paired_difference(in.shortcut.on_weather, in.repaired.on_weather, seed));
  return {warning(in),
          "On the same pictures " + to_percent_text(mean_of(in.shortcut.on_weather, seed)) +
              " of its map lies on the sun or cloud, " +
              to_percent_text(mean_of(in.repaired.on_weather, seed)) +
              " of the repaired network's: " +
              (order == Order::kHigher ? "the map gives it away before any other test set is drawn."
               : order == Order::kLower ? "the map does not give it away, against the paper."
                                        : "not told apart by so few pictures."),
          "Where the weather says nothing, the network with the shortcut is right about " +
              to_text(out.shortcut.accuracy) + " and loses " +
              points_text(points_lost(in.shortcut, out.shortcut)) +
              "; the repaired one is right about " + to_text(out.repaired.accuracy) +
              " and loses " + points_text(points_lost(in.repaired, out.repaired)) + "."};
}

/// No more pictures than at the quick size: enough of the rare kind would teach the shape after
/// all.
zoo::Model train(double bias, const LabSettings& settings) {
  const WeatherScenes pictures(
      {.count = settings.by_size(100, 1500), .bias = bias, .seed = settings.seed()});
  zoo::Model model = zoo::create_model("gapnet", {.classes = 2, .seed = settings.seed()});
  train_on(model, pictures, {.epochs = settings.by_size(1, 5), .seed = settings.seed()},
           settings.globals);
  return model;
}

WeatherScenes test_pictures(double bias, const LabSettings& settings) {
  return WeatherScenes({.split = zoo::SceneSplit::kTest,
                        .count = settings.by_size(10, 200, 1000),
                        .bias = bias,
                        .seed = settings.seed()});
}

}  // namespace

LabPage bias_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const zoo::Model shortcut = train(kBias, settings);
  const zoo::Model repaired = train(kNoBias, settings);
  Comparison in =
      compare(shortcut, repaired, test_pictures(kBias, settings),
              "Test pictures with the shortcut, Grad-CAM for what each network decides.");
  Comparison out = compare(shortcut, repaired, test_pictures(kNoBias, settings),
                           "Test pictures without it; wrong decisions are set off.");
  LabTable table{.name = "bias",
                 .caption = "Both networks on both test sets",
                 .columns = {"training pictures", "test pictures", "accuracy",
                             "share of the map on the object", "on the sun or cloud",
                             "map peaks on the object"},
                 .rows = {row_of("with the shortcut", "with it", in.shortcut, seed),
                          row_of("with the shortcut", "without", out.shortcut, seed),
                          row_of("without (repaired)", "with it", in.repaired, seed),
                          row_of("without (repaired)", "without", out.repaired, seed)}};
  LabPage page{
      .title = "The tank that was really the weather",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 6.3 (identifying bias in a dataset).",
      .question =
          "A network learns whatever tells its training pictures apart, be it the weather. "
          "Do maps show that before a test set from elsewhere does, and does balancing the "
          "pictures repair it?",
      .how = {"Two shapes, hourglass and triangle, under a sky. In " + format_percent(kBias, 0) +
              " of the training pictures the hourglass stands under a sun and the triangle under "
              "a cloud. One network is trained on those, one on the same objects, half of them "
              "under the other weather. Both are tested on new pictures with the shortcut and "
              "without it."},
      .differs = {"The paper's nurses and doctors were told apart by their sex, in pictures from "
                  "an image search; here the shortcut is drawn, so its share is known.",
                  "The paper repairs by adding pictures of the rare kind; here the balanced set "
                  "has as many pictures as the biased one."},
      .figures = {{points_text(points_lost(in.shortcut, out.shortcut)),
                   "lost without the shortcut by the network that learned it"},
                  {points_text(points_lost(in.repaired, out.repaired)),
                   "lost by the repaired network"}},
      .shows = conclusions(in, out, seed),
      .change = {"A weaker bias, or more pictures of the same bias: with enough pictures against "
                 "it the network learns the shape.",
                 "Longer training: once every usual picture is right, only those against the "
                 "bias still teach.",
                 "Shapes that are easier to tell apart than the weather."},
      .picture = in.pictures.grid.rows.at(1).at(1).picture};
  page.parts.emplace_back(std::move(table));
  page.parts.emplace_back(std::move(in.pictures));
  page.parts.emplace_back(std::move(out.pictures));
  return page;
}

}  // namespace cameo::tools
