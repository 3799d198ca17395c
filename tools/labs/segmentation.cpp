// Weakly supervised segmentation: seeds from maps train a network that labels every pixel.
#include "explain/metrics/segmentation.h"

#include <algorithm>
#include <array>

#include "explain/drawing.h"
#include "tools/explanation_report.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/labs/weak_segmentation.h"

namespace cameo::tools {

namespace {

constexpr std::size_t kShown = 6;

/// Ways to label the pixels of a picture, in the order of the table.
enum Way : std::size_t { kSeeds, kMap, kOwnMap, kNetwork, kSharpened, kWays };
constexpr std::array<const char*, kWays> kWayNames{
    "seeds, told which shapes are there", "map above 20 %, told which shapes are there",
    "map above 20 %, told nothing", "trained network, told nothing",
    "trained network and dense CRF, told nothing"};

/// Everything that comes from one kind of map.
struct Study {
  WeakClassifier classifier;
  Network network;
  std::array<std::vector<explain::Contribution>, kWays> overlaps;  ///< picture by picture
  Rate right_foreground;  ///< seeds of shapes that are right
  Rate right_background;
  Rate seeded;   ///< pixels with a seed
  Rate found;    ///< shapes in the picture that the classifier names
  Rate claimed;  ///< shapes it names that are in the picture
};

/// Each cell's segment at its pixels.
std::vector<int> at_pixels(const std::vector<int>& cells, std::int64_t cell_columns,
                           std::int64_t height, std::int64_t width) {
  const std::int64_t cell_rows = std::ssize(cells) / cell_columns;
  std::vector<int> pixels;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t cell = y * cell_rows / height * cell_columns + x * cell_columns / width;
      pixels.push_back(cells[static_cast<std::size_t>(cell)]);
    }
  }
  return pixels;
}

Study train(MapSource source, const WeakScenes& scenes, const WeakTraining& training,
            const GlobalOptions& globals) {
  WeakClassifier classifier = train_weak_classifier(source, scenes, training, globals);
  std::vector<std::vector<int>> seeds;
  Progress progress("seeds of " + classifier.title, training.pictures, globals.quiet);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    seeds.push_back(seeds_of(look_for(classifier, scenes.input({i}), scenes.present(i))));
    progress.update(static_cast<std::int64_t>(i) + 1);
  }
  progress.finish();
  Network network =
      train_segmentation(scenes, seeds, training, "segmentation from " + classifier.title, globals);
  return {.classifier = std::move(classifier), .network = std::move(network)};
}

/// The labels of one picture, way by way.
using Labelled = std::array<std::vector<int>, kWays>;

Labelled label(const Study& study, const WeakScenes& scenes, std::size_t index) {
  const Tensor input = scenes.input({index});
  const std::int64_t height = input.dim(2);
  const std::int64_t width = input.dim(3);
  const CellMaps told = look_for(study.classifier, input, scenes.present(index));
  const std::vector<std::int64_t> named = predicted_classes(study.classifier, input);
  const CellMaps own = look_for(study.classifier, input, named);
  const Tensor probabilities = segment_probabilities(study.network, input);
  return {at_pixels(seeds_of(told), told.saliency.dim(1), height, width),
          segments_of(told, height, width), segments_of(own, height, width),
          most_probable(probabilities),
          most_probable(sharpened(probabilities, scenes.picture(index)))};
}

void count_seeds(Study& study, const std::vector<int>& seeds, const std::vector<int>& truth) {
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    study.seeded.count(seeds[i] >= 0);
    if (seeds[i] < 0) continue;
    Rate& rate = seeds[i] == kBackground ? study.right_background : study.right_foreground;
    rate.count(seeds[i] == truth[i]);
  }
}

void count_names(Study& study, const WeakScenes& scenes, std::size_t index) {
  const std::vector<std::int64_t> named =
      predicted_classes(study.classifier, scenes.input({index}));
  const std::vector<std::int64_t>& present = scenes.present(index);
  const auto among = [](const std::vector<std::int64_t>& list, std::int64_t k) {
    return std::find(list.begin(), list.end(), k) != list.end();
  };
  for (const std::int64_t k : present) study.found.count(among(named, k));
  for (const std::int64_t k : named) study.claimed.count(among(present, k));
}

Mean to_mean(const explain::MetricResult& result) {
  return {.value = result.value, .low = result.low, .high = result.high, .count = result.pictures};
}

Mean iou(const std::vector<explain::Contribution>& overlaps, std::uint64_t seed) {
  const explain::Metric metric{.summarize = explain::mean_iou};
  return to_mean(explain::summarize(metric, overlaps, {.seed = seed}));
}

/// How much higher a's mean IoU is than b's, on the same pictures.
Mean iou_difference(const std::vector<explain::Contribution>& a,
                    const std::vector<explain::Contribution>& b, std::uint64_t seed) {
  std::vector<explain::Contribution> both = a;
  for (std::size_t i = 0; i < both.size(); ++i) {
    both[i].insert(both[i].end(), b[i].begin(), b[i].end());
  }
  const auto half = [](std::span<const explain::Contribution> pairs, bool second) {
    std::vector<explain::Contribution> halves;
    for (const explain::Contribution& pair : pairs) {
      const auto middle = pair.begin() + std::ssize(pair) / 2;
      halves.emplace_back(second ? middle : pair.begin(), second ? pair.end() : middle);
    }
    return halves;
  };
  const explain::Metric metric{.summarize = [half](std::span<const explain::Contribution> pairs,
                                                   std::span<const double> weights) {
    return explain::mean_iou(half(pairs, false), weights) -
           explain::mean_iou(half(pairs, true), weights);
  }};
  return to_mean(explain::summarize(metric, both, {.seed = seed}));
}

/// The intersection over union of one segment.
Mean segment_iou(const std::vector<explain::Contribution>& overlaps, std::int64_t segment,
                 std::uint64_t seed) {
  std::vector<explain::Contribution> one;
  one.reserve(overlaps.size());
  for (const explain::Contribution& all : overlaps) {
    one.push_back({all[static_cast<std::size_t>(segment)],
                   all[static_cast<std::size_t>(segment + kSegments)]});
  }
  return iou(one, seed);
}

std::string segment_name(std::int64_t segment) {
  if (segment == kBackground) return "background";
  return zoo::scene_shape_names()[static_cast<std::size_t>(segment)];
}

explain::Color colour_of(int segment) {
  constexpr std::array<explain::Color, kSegments> kColours{{{0.90F, 0.10F, 0.12F},
                                                            {0.24F, 0.71F, 0.29F},
                                                            {1.00F, 0.88F, 0.10F},
                                                            {0.00F, 0.45F, 0.85F},
                                                            {0.96F, 0.51F, 0.19F},
                                                            {0.57F, 0.12F, 0.71F},
                                                            {0.27F, 0.85F, 0.90F},
                                                            {0.94F, 0.20F, 0.90F},
                                                            {0.60F, 0.39F, 0.14F},
                                                            {0.67F, 1.00F, 0.76F},
                                                            {0.22F, 0.22F, 0.25F}}};
  return segment < 0 ? explain::kWhite : kColours.at(static_cast<std::size_t>(segment));
}

PictureCell painted(const std::vector<int>& segments, std::int64_t height, std::int64_t width,
                    std::string label) {
  Tensor picture({3, height, width});
  const std::span<float> values = picture.mutable_data();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const explain::Color colour = colour_of(segments[i]);
    for (std::size_t c = 0; c < 3; ++c) values[c * segments.size() + i] = colour[c];
  }
  return {.picture = cell_uri(picture), .label = std::move(label)};
}

LabImage key_to_colours() {
  constexpr std::int64_t kLine = 22;
  constexpr std::int64_t kColumn = 160;
  constexpr std::int64_t kSwatch = 16;
  constexpr std::int64_t kRows = (kSegments + 1) / 2;
  Tensor key({3, kRows * kLine, 2 * kColumn}, 1.0F);
  for (int segment = 0; segment < kSegments; ++segment) {
    const std::int64_t left = segment / kRows * kColumn;
    const std::int64_t top = segment % kRows * kLine;
    explain::draw_box(key,
                      {.left = left, .top = top, .right = left + kSwatch, .bottom = top + kSwatch},
                      colour_of(segment), kSwatch / 2);
    explain::draw_text(key, left + kLine, top + 1, segment_name(segment), explain::kBlack, 2);
  }
  return {.caption = "The colours. White: no seed, nothing known.", .source = png_uri(key)};
}

std::string names_of(const std::vector<std::int64_t>& classes) {
  std::string names;
  for (const std::int64_t k : classes) names += (names.empty() ? "" : ", ") + segment_name(k);
  return names;
}

/// A row of the grid: what went in, the truth, and for each study the seeds and what came out.
void show(LabPictures& pictures, const WeakScenes& scenes, std::size_t index,
          const std::vector<Labelled>& labelled, const std::vector<int>& truth) {
  const Tensor picture = scenes.picture(index);
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  std::vector<PictureCell> row{{.picture = cell_uri(picture.reshaped({3, height, width})),
                                .label = names_of(scenes.present(index))},
                               painted(truth, height, width, "")};
  for (const Labelled& one : labelled) {
    for (const Way way : {kSeeds, kNetwork, kSharpened}) {
      row.push_back(painted(one[way], height, width, ""));
    }
  }
  pictures.grid.rows.push_back(std::move(row));
}

LabTable results_table(const std::vector<Study>& studies, const Mean& nothing, std::uint64_t seed) {
  LabTable table{.name = "segmentation",
                 .caption = "Mean intersection over union of ten shapes and the background",
                 .columns = {"labels", "from CAM", "from Grad-CAM", "Grad-CAM's less CAM's"},
                 .rows = {}};
  for (std::size_t way = 0; way < kWays; ++way) {
    const auto& cam = studies.front().overlaps[way];
    const auto& grad_cam = studies.back().overlaps[way];
    table.rows.push_back({cell(std::string(kWayNames[way])), percent_cell(iou(cam, seed)),
                          percent_cell(iou(grad_cam, seed)),
                          percent_cell(iou_difference(grad_cam, cam, seed))});
  }
  table.rows.push_back({cell(std::string("background everywhere")), percent_cell(nothing),
                        percent_cell(nothing), cell(std::string("–"))});
  return table;
}

LabTable seeds_table(const std::vector<Study>& studies) {
  LabTable table{
      .name = "seeds",
      .caption = "Classifiers and their seeds, on the same held-out scenes",
      .columns = {"maps", "shapes there, named", "shapes named, there", "pixels with a seed",
                  "seeds of shapes, right", "seeds of background, right"},
      .rows = {}};
  for (const Study& study : studies) {
    table.rows.push_back({cell(study.classifier.title), cell(study.found), cell(study.claimed),
                          percent_cell(study.seeded.share()),
                          percent_cell(study.right_foreground.share()),
                          percent_cell(study.right_background.share())});
  }
  return table;
}

LabTable shapes_table(const std::vector<Study>& studies, std::uint64_t seed) {
  LabTable table{.name = "by_shape",
                 .caption = "Intersection over union of the trained networks with dense CRF",
                 .columns = {"segment", "from CAM", "from Grad-CAM"},
                 .rows = {}};
  for (std::int64_t segment = 0; segment < kSegments; ++segment) {
    std::vector<Cell> row{cell(segment_name(segment))};
    for (const Study& study : studies) {
      row.push_back(percent_cell(segment_iou(study.overlaps[kSharpened], segment, seed)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string compared(const Study& study, Way a, Way b, const std::string& words,
                     std::uint64_t seed) {
  const Mean difference = iou_difference(study.overlaps[a], study.overlaps[b], seed);
  return words + " " + to_percent_text(iou(study.overlaps[a], seed)) + " against " +
         to_percent_text(iou(study.overlaps[b], seed)) + ", a difference of " +
         to_percent_text(difference) + ": " + against_paper(order_of(difference), Order::kHigher) +
         ".";
}

std::vector<std::string> conclusions(const std::vector<Study>& studies, std::uint64_t seed) {
  std::vector<std::string> shows;
  for (const Study& study : studies) {
    shows.push_back(compared(study, kNetwork, kOwnMap,
                             "The network trained from seeds of " + study.classifier.title +
                                 ", not told what is there, against the map of the classifier:",
                             seed));
    shows.push_back(compared(
        study, kSharpened, kNetwork,
        "A dense CRF behind the network trained from seeds of " + study.classifier.title + ":",
        seed));
  }
  const auto& cam = studies.front().overlaps;
  const auto& grad_cam = studies.back().overlaps;
  const Mean difference = iou_difference(grad_cam[kSharpened], cam[kSharpened], seed);
  shows.push_back("With dense CRF, seeds from Grad-CAM lead to " +
                  to_percent_text(iou(grad_cam[kSharpened], seed)) + ", seeds from CAM to " +
                  to_percent_text(iou(cam[kSharpened], seed)) + ", a difference of " +
                  to_percent_text(difference) + ": " +
                  against_paper(order_of(difference), Order::kHigher) + ".");
  return shows;
}

}  // namespace

LabPage segmentation_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const WeakTraining training{.pictures = settings.by_size(16, 800, 4000),
                              .classifier_epochs = settings.by_size(1, 10, 12),
                              .epochs = settings.by_size(1, 5, 8),
                              .seed = seed};
  std::vector<Study> studies;
  {
    const WeakScenes scenes(zoo::SceneSplit::kTrain, training.pictures, seed);
    for (const MapSource source : {MapSource::kCam, MapSource::kGradCam}) {
      studies.push_back(train(source, scenes, training, settings.globals));
    }
  }

  const WeakScenes scenes(zoo::SceneSplit::kTest, settings.by_size(2, 40, 300), seed);
  LabPictures pictures{
      .caption = "Held-out scenes. Seeds are told which shapes are there, the networks are not.",
      .grid = {.columns = {"picture", "truth", "seeds from CAM", "network", "with dense CRF",
                           "seeds from Grad-CAM", "network", "with dense CRF"},
               .rows = {}}};
  std::vector<explain::Contribution> nothing;
  Progress progress("labelling", static_cast<std::int64_t>(scenes.size()), settings.globals.quiet);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::vector<int> truth = scenes.truth(i);
    nothing.push_back(
        explain::class_overlaps(std::vector<int>(truth.size(), kBackground), truth, kSegments));
    std::vector<Labelled> labelled;
    for (Study& study : studies) {
      labelled.push_back(label(study, scenes, i));
      for (std::size_t way = 0; way < kWays; ++way) {
        study.overlaps[way].push_back(
            explain::class_overlaps(labelled.back()[way], truth, kSegments));
      }
      count_seeds(study, labelled.back()[kSeeds], truth);
      count_names(study, scenes, i);
    }
    if (i < kShown) show(pictures, scenes, i, labelled, truth);
    progress.update(static_cast<std::int64_t>(i) + 1);
  }
  progress.finish();

  const auto figure = [&](const Study& study, Way way) {
    return to_percent_text(iou(study.overlaps[way], seed));
  };
  LabPage page{
      .title = "Segmentation from the names of what is there",
      .paper =
          "Kolesnikov & Lampert 2016, Seed, Expand and Constrain, with the seeds of Selvaraju et "
          "al., Grad-CAM (weakly supervised segmentation).",
      .question =
          "Maps say roughly where a shape is. Are they good enough to teach a network the segment "
          "of every pixel, when nobody drew a single outline, and does it matter which map they "
          "come from?",
      .how =
          {"Two classifiers learn which shapes are in " + std::to_string(training.pictures) +
               " scenes of two to four objects: one that ends in global average pooling, for CAM, "
               "and one that ends in two fully connected layers, for Grad-CAM. For each shape in a "
               "picture a cell of its map above 20 % of the maximum is a seed, of the shape with "
               "the smaller region where several compete; the tenth of the cells with the least "
               "gradient are seeds of the background.",
           "A small fully convolutional network learns from the seeds by three losses: cross-"
           "entropy at the seeds; expansion by global weighted rank pooling, so that the shapes "
           "in the picture get an area and the others none; and the divergence from its own "
           "prediction after a dense CRF, so that edges move to the picture's edges.",
           "Measured on " + std::to_string(scenes.size()) +
               " held-out scenes: intersection over union, pixels added up over pictures, averaged "
               "over ten shapes and the background. Pixels without a seed count as missed. The "
               "intervals are by the bootstrap over pictures."},
      .differs =
          {"The papers train VGG-16 on 10582 pictures of VOC 2012 and label 41×41 cells; here "
           "pictures of 64×64 have 16×16 cells, and decays and deviations are scaled with the "
           "size. The convolutions begin with gapnet's weights for single shapes rather than "
           "ImageNet's.",
           "The target of the boundary loss counts as constant. The classifier whose gradient "
           "gives the background is the one whose map gives the shapes.",
           "gapnet was pretrained with average pooling, which may suit CAM."},
      .figures = {{figure(studies.back(), kSharpened),
                   "mean IoU of the network from seeds of Grad-CAM, with dense CRF"},
                  {figure(studies.front(), kSharpened),
                   "of the network from seeds of CAM, with dense CRF"},
                  {figure(studies.back(), kSeeds), "of Grad-CAM's seeds themselves"},
                  {figure(studies.front(), kSeeds), "of CAM's seeds themselves"}},
      .shows = conclusions(studies, seed),
      .change = {"More cells: a map of 16×16 knows outlines to four pixels.",
                 "Another share of the maximum: fewer seeds of shapes, and more of them right.",
                 "Without the expansion loss the network may leave shapes as small as its seeds, "
                 "without the boundary loss as smooth as its cells."},
      .picture = pictures.grid.rows.front().back().picture};
  page.parts.emplace_back(results_table(studies, iou(nothing, seed), seed));
  page.parts.emplace_back(std::move(pictures));
  page.parts.emplace_back(key_to_colours());
  page.parts.emplace_back(seeds_table(studies));
  page.parts.emplace_back(shapes_table(studies, seed));
  return page;
}

}  // namespace cameo::tools
