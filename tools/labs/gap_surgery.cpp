// A network of the VGG kind gets a global average pooling head: what accuracy it pays for class
// activation maps, and what Grad-CAM gives on the unchanged network for nothing.
#include <algorithm>
#include <array>

#include "explain/metrics/localization.h"
#include "layers/builder.h"
#include "layers/modules.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"
#include "zoo/datasets/scenes/scenes.h"
#include "zoo/gap_head.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kSide = 64;
constexpr std::int64_t kClasses = zoo::kSceneShapes;
/// The last feature map of the convolutions: what both maps are made from.
constexpr const char* kLastMap = "features.conv3_2";
constexpr float kThreshold = 0.2F;
constexpr double kOverlap = 0.5;
constexpr double kUntrained = 0.5;  // the error above which a network counts as such
constexpr std::size_t kShown = 6;

layers::Sequential conv3x3(std::int64_t channels, std::int64_t stride = 1) {
  return layers::conv_bn_relu(
      {.out_channels = channels, .kernel = 3, .stride = stride, .padding = 1});
}

/// 3x3 convolutions, pooling, then fully connected layers: VGG in small, with batch normalisation.
/// The early stride makes it quick to train.
zoo::Model small_vgg(std::uint64_t seed) {
  using namespace layers;
  const Sequential network =
      Sequential()
          .add("features", Sequential()
                               .add("conv1_1", conv3x3(16, 2))
                               .add("conv1_2", conv3x3(20))
                               .add("pool1", MaxPool2d({.kernel = 2}))
                               .add("conv2_1", conv3x3(32))
                               .add("conv2_2", conv3x3(48))
                               .add("conv3_1", conv3x3(48))
                               .add("conv3_2", conv3x3(64))
                               .add("pool3", MaxPool2d({.kernel = 2})))
          .add("flatten", Flatten())
          .add("classifier", Sequential()
                                 .add("fc4", Linear({.out_features = 128}))
                                 .add("relu4", Relu())
                                 .add("fc5", Linear({.out_features = kClasses})));
  Builder builder(seed);
  const ValueId input = builder.input("input", {3, kSide, kSide});
  const ValueId output = network.build(builder, "", input);
  return {.architecture = "a small VGG",
          .network = std::move(builder).finish(output),
          .class_names = {},
          .preprocess = zoo::preprocess_preset("unit", {.height = kSide, .width = kSide})};
}

/// The network cut behind its last convolution, with a new head.
zoo::Model with_gap(const zoo::Model& model, std::uint64_t seed) {
  zoo::Model result = model;
  result.architecture = "the same with a GAP head";
  result.network = zoo::add_gap_head(model.network, kLastMap,
                                     {.classes = kClasses, .channels = 96, .seed = seed + 1});
  return result;
}

/// A network's maps on the test pictures.
struct Contestant {
  std::string title;
  const zoo::Model* model;
  std::string method;
  std::vector<std::string> options;
  Rate wrong;                    ///< top-1 classification errors
  Rate error;                    ///< top-1 localisation errors
  Rate misplaced;                ///< boxes that do not fit, whatever is predicted
  Rate pointing;                 ///< the map peaks on the object
  std::vector<double> inside;    ///< share of the map on it
  std::vector<double> mistaken;  ///< by picture, 1 for a wrong class
  std::vector<double> missed;    ///< by picture, 1 for a box that does not fit
  std::vector<PictureCell> cells;
};

bool fits(const Tensor& map, const std::vector<explain::Box>& truth) {
  const auto box = explain::largest_component_box(map, {.share = kThreshold});
  return box && std::any_of(truth.begin(), truth.end(), [&](const explain::Box& one) {
           return explain::intersection_over_union(*box, one) >= kOverlap;
         });
}

/// Every picture's map for its true class; gives the pictures that the page shows.
std::vector<PictureCell> examine(Contestant& one, const LabSettings& settings) {
  const Subject subject(*one.model, settings, {.pictures = settings.by_size(6, 200, 1000)});
  const explain::Methods methods = lab_methods(*one.model, one.method, one.options);
  std::vector<PictureCell> shown;
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(*one.model, sample.input, methods);
    const ExplainResult result = examined.explain(0, sample.label);
    const Tensor map = relevance_of(result, sample.input);
    const std::vector<explain::Box> truth = true_boxes(sample, sample.label);
    const Tensor mask = explain::truth_mask(truth_of(sample, sample.label), kSide, kSide);
    const bool right = examined.top() == sample.label;
    const bool fit = fits(map, truth);
    one.wrong.count(!right);
    one.error.count(!right || !fit);
    one.misplaced.count(!fit);
    one.mistaken.push_back(right ? 0.0 : 1.0);
    one.missed.push_back(fit ? 0.0 : 1.0);
    one.pointing.count(explain::points_near(map, mask, 1.0));
    one.inside.push_back(share_inside(map, mask));
    if (i >= kShown) continue;
    shown.push_back(
        picture_cell(*one.model, sample.input, class_label(*one.model, sample.label), truth));
    one.cells.push_back(
        map_cell(*one.model, sample.input, result, class_label(*one.model, examined.top()), truth));
    one.cells.back().wrong = !right;
  }
  return shown;
}

LabTable results_table(const std::array<Contestant, 3>& all, std::uint64_t seed) {
  LabTable table{
      .name = "surgery",
      .caption = "Accuracy paid and localisation won; boxes at 20 % of the maximum",
      .columns = {"network and map", "top-1 classification error", "top-1 localisation error",
                  "box alone wrong", "map peaks on the object", "share of the map on the object"},
      .rows = {}};
  for (const Contestant& one : all) {
    table.rows.push_back({cell(one.title), cell(one.wrong), cell(one.error), cell(one.misplaced),
                          cell(one.pointing), percent_cell(mean_of(one.inside, seed))});
  }
  return table;
}

std::vector<std::string> conclusions(const std::array<Contestant, 3>& all, std::uint64_t seed) {
  const Contestant& unchanged = all[0];
  const Contestant& cam = all[1];
  const Order classes = order_of(paired_difference(cam.mistaken, unchanged.mistaken, seed));
  const Order boxes = order_of(paired_difference(unchanged.missed, cam.missed, seed));
  std::vector<std::string> shows{
      "Classification: the unchanged network is wrong about " + to_text(unchanged.wrong) +
          ", the one with a GAP head about " + to_text(cam.wrong) + ": " +
          (classes == Order::kHigher  ? "accuracy is paid, as in the paper."
           : classes == Order::kLower ? "no accuracy is paid, against the paper."
                                      : "not told apart by so few pictures."),
      "Boxes, whatever is predicted: wrong for " + to_text(unchanged.misplaced) +
          " of the pictures by Grad-CAM on the unchanged network, " + to_text(cam.misplaced) +
          " by CAM on the one with the new head: " +
          (boxes == Order::kLower    ? "fewer by Grad-CAM, which changes nothing."
           : boxes == Order::kHigher ? "fewer by CAM: localisation is won."
                                     : "not told apart by so few pictures."),
      "The last row is CAM again, as Grad-CAM: behind the new head the two are one map, apart from "
      "Grad-CAM's ReLU."};
  if (unchanged.wrong.share() > kUntrained) {
    shows.insert(shows.begin(),
                 "The unchanged network has learned little in so short a training: what follows "
                 "says nothing about the trade. The full size trains longer.");
  }
  return shows;
}

LabPictures pictures_of(const std::array<Contestant, 3>& all,
                        const std::vector<PictureCell>& pictures) {
  LabPictures part{.caption =
                       "The true box on each picture; the class that each network decides "
                       "below its map, set off where it is wrong.",
                   .grid = {.columns = {"picture"}, .rows = {}}};
  for (const Contestant& one : all) part.grid.columns.push_back(one.title);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    std::vector<PictureCell> row{pictures[i]};
    for (const Contestant& one : all) row.push_back(one.cells[i]);
    part.grid.rows.push_back(std::move(row));
  }
  return part;
}

}  // namespace

LabPage gap_surgery_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const ScenesTraining training{
      .pictures = settings.by_size(100, 2500, 12000),
      .plan = {.epochs = settings.by_size(1, 3, 8), .learning_rate = 0.01, .seed = seed}};
  ScenesTraining tuning = training;
  tuning.plan.epochs = settings.by_size(1, 1, 3);
  tuning.plan.learning_rate = 0.05;
  zoo::Model vgg = small_vgg(seed);
  train_on_scenes(vgg, training, settings.globals);
  zoo::Model gap = with_gap(vgg, seed);
  train_on_scenes(gap, tuning, settings.globals);

  const std::string layer = std::string("layer=") + kLastMap;
  std::array<Contestant, 3> all{
      {{.title = "unchanged, Grad-CAM", .model = &vgg, .method = "gradcam", .options = {layer}},
       {.title = "GAP head, CAM", .model = &gap, .method = "cam", .options = {}},
       {.title = "GAP head, Grad-CAM", .model = &gap, .method = "gradcam", .options = {}}}};
  std::vector<PictureCell> pictures;
  for (Contestant& one : all) pictures = examine(one, settings);

  LabPage page{
      .title = "Surgery for a map",
      .paper =
          "Zhou et al. 2016, Learning Deep Features for Discriminative Localization, section 3.1 "
          "and tables 1 and 2; Selvaraju et al. 2017, Grad-CAM, section 4.1.",
      .question =
          "Class activation maps need a network that ends in global average pooling. What does "
          "it cost a network of the VGG kind to be rebuilt so, and what is won against Grad-CAM, "
          "which takes the network as it is?",
      .how =
          {"A small VGG (six 3x3 convolutions with batch normalisation, the first with stride 2, "
           "then two fully connected layers) is trained on " +
               std::to_string(training.pictures) + " scenes for " +
               std::to_string(training.plan.epochs) +
               " epochs. It is cut behind its last convolution, gets a convolution, global "
               "average pooling and one linear layer, and is trained on for " +
               std::to_string(tuning.plan.epochs) +
               (tuning.plan.epochs == 1 ? " epoch." : " epochs."),
           "Maps are of the true class, at the last convolution (16x16 cells). A top-1 "
           "localisation error is a picture whose class is not predicted or whose box overlaps "
           "the true one with an intersection over union below 0.5. Test pictures: " +
               std::to_string(all[0].wrong.total) + "."},
      .differs =
          {"The papers cut an ImageNet VGG-16; its fully connected layers hold nine tenths of "
           "the parameters, these a smaller part.",
           "The rebuilt network has been trained for longer in all, as in the paper."},
      .figures = {{to_text(all[0].wrong), "classification error of the unchanged network"},
                  {to_text(all[1].wrong), "with the GAP head"},
                  {to_text(all[0].error), "localisation error of Grad-CAM, unchanged"},
                  {to_text(all[1].error), "of CAM, with the GAP head"}},
      .shows = conclusions(all, seed),
      .change = {"How long the new head is trained: cut short, the rebuilt network is worse at "
                 "both.",
                 "The threshold of the boxes: 20 % suits one map better than another."},
      .picture = all[1].cells.front().picture};
  page.parts.emplace_back(results_table(all, seed));
  page.parts.emplace_back(pictures_of(all, pictures));
  return page;
}

}  // namespace cameo::tools
