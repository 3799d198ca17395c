// A shortcut is planted in the training pictures: do maps give it away before the test set does?
#include <algorithm>

#include "explain/metrics/localization.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::tools {

namespace {

using zoo::SceneShape;
using Background = zoo::ScenePatternKind;

constexpr double kBias = 0.98;  // the share of pictures that have their shape's background
constexpr std::size_t kShown = 6;

/// Two shapes, either on either background.
zoo::SceneOptions balanced_scenes() {
  zoo::SceneOptions scenes;
  scenes.shapes = {SceneShape::kHourglass, SceneShape::kTriangle};
  scenes.choices.backgrounds = {Background::kStripes, Background::kBlobs};
  return scenes;
}

/// The same, the one nearly always on stripes and the other on blobs.
zoo::SceneOptions biased_scenes() {
  zoo::SceneOptions scenes = balanced_scenes();
  scenes.by_shape[SceneShape::kHourglass].backgrounds = {Background::kStripes};
  scenes.by_shape[SceneShape::kTriangle].backgrounds = {Background::kBlobs};
  scenes.bias = kBias;
  return scenes;
}

/// A test picture; the same whichever network sees it.
struct Picture {
  ModelInput input;
  std::int64_t label;
  Tensor mask;  ///< `[H,W]`, 1 on the object
};

Picture picture_of(const zoo::Model& model, const zoo::Scenes& scenes, std::size_t index) {
  const zoo::RenderedScene drawn = scenes.rendered(index);
  const std::vector<std::uint8_t>& mask = drawn.objects.front().mask;
  zoo::Image image(drawn.size, drawn.size);
  image.pixels = drawn.pixels;
  Picture picture{.input = picture_input(model, "scene " + std::to_string(index), std::move(image)),
                  .label = scenes.label(index),
                  .mask = Tensor({drawn.size, drawn.size})};
  std::copy(mask.begin(), mask.end(), picture.mask.mutable_data().begin());
  return picture;
}

/// A network on a test set.
struct Outcome {
  Rate accuracy;
  Rate pointing;               ///< Grad-CAM of the decision peaks on the object
  std::vector<double> inside;  ///< share of it on the object
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
  outcome.pointing.count(explain::points_near(map, picture.mask, 1.0));
  outcome.inside.push_back(share_inside(map, picture.mask));
  return seen;
}

/// Both networks on one test set.
struct Comparison {
  Outcome shortcut;
  Outcome repaired;
  LabPictures pictures;
};

Comparison compare(const zoo::Model& shortcut, const zoo::Model& repaired,
                   const zoo::Scenes& scenes, std::string caption) {
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
  return {cell(network), cell(set), cell(outcome.accuracy),
          percent_cell(mean_of(outcome.inside, seed)), cell(outcome.pointing)};
}

std::string points_lost(const Outcome& in, const Outcome& out) {
  return cell(100.0 * (in.accuracy.share() - out.accuracy.share()), 1).text + " points";
}

std::vector<std::string> conclusions(const Comparison& in, const Comparison& out,
                                     std::uint64_t seed) {
  const Order order = order_of(paired_difference(in.shortcut.inside, in.repaired.inside, seed));
  return {"On pictures with the shortcut the network that learned it is right about " +
              to_text(in.shortcut.accuracy) +
              ": the accuracy gives nothing away. Its map lies on "
              "the object by " +
              to_percent_text(mean_of(in.shortcut.inside, seed)) +
              ", the repaired network's on the same pictures by " +
              to_percent_text(mean_of(in.repaired.inside, seed)) + ": " +
              (order == Order::kLower ? "the map gives it away before any other test set is drawn."
               : order == Order::kHigher ? "the map does not give it away, against the paper."
                                         : "not told apart by so few pictures."),
          "Where the background says nothing, the network with the shortcut is right about " +
              to_text(out.shortcut.accuracy) + " and loses " +
              points_lost(in.shortcut, out.shortcut) + "; the repaired one is right about " +
              to_text(out.repaired.accuracy) + " and loses " +
              points_lost(in.repaired, out.repaired) + "."};
}

}  // namespace

LabPage bias_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const auto train = [&](const zoo::SceneOptions& scenes) {
    return train_on_scenes({.pictures = settings.by_size(100, 1500, 6000),
                            .epochs = settings.by_size(1, 2, 4),
                            .scene = scenes,
                            .seed = seed},
                           settings.globals);
  };
  const auto test = [&](const zoo::SceneOptions& scenes) {
    return zoo::Scenes({.split = zoo::SceneSplit::kTest,
                        .count = settings.by_size(10, 200, 1000),
                        .scene = scenes,
                        .seed = seed});
  };
  const zoo::Model shortcut = train(biased_scenes());
  const zoo::Model repaired = train(balanced_scenes());
  Comparison in =
      compare(shortcut, repaired, test(biased_scenes()),
              "Test pictures with the shortcut, Grad-CAM for what each network decides.");
  Comparison out = compare(shortcut, repaired, test(balanced_scenes()),
                           "Test pictures without it; wrong decisions are set off.");
  LabTable table{.name = "bias",
                 .caption = "Both networks on both test sets",
                 .columns = {"training pictures", "test pictures", "accuracy",
                             "share of the map on the object", "map peaks on the object"},
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
      .how = {"Two shapes, hourglass and triangle. In " + format_percent(kBias, 0) +
              " of the training pictures the hourglass stands on stripes and the triangle on "
              "blobs. One network is trained on those, one on as many pictures where either "
              "stands on either. Both are tested on new pictures with the shortcut and without "
              "it."},
      .differs = {"The paper's nurses and doctors were told apart by their sex, in pictures from "
                  "an image search; here the shortcut is drawn, so its share is known.",
                  "The paper repairs by adding pictures of the rare kind; here the balanced set "
                  "has as many pictures as the biased one."},
      .figures = {{points_lost(in.shortcut, out.shortcut),
                   "lost without the shortcut by the network that learned it"},
                  {points_lost(in.repaired, out.repaired), "lost by the repaired network"}},
      .shows = conclusions(in, out, seed),
      .change = {"A weaker bias: with enough pictures against it the network learns the shape.",
                 "Shapes that are easier to tell apart than the backgrounds."},
      .picture = in.pictures.grid.rows.front().at(1).picture};
  page.parts.emplace_back(std::move(table));
  page.parts.emplace_back(std::move(in.pictures));
  page.parts.emplace_back(std::move(out.pictures));
  return page;
}

}  // namespace cameo::tools
