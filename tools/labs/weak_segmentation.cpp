#include "tools/labs/weak_segmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tape.h"
#include "explain/cam.h"
#include "explain/dense_crf.h"
#include "explain/display.h"
#include "explain/grad_cam.h"
#include "explain/metrics/statistics.h"
#include "explain/resize_map.h"
#include "explain/saliency.h"
#include "layers/modules.h"
#include "layers/segmentation_losses.h"
#include "tools/labs/training.h"
#include "tools/training.h"
#include "zoo/model.h"
#include "zoo/models/family.h"
#include "zoo/models/gapnet.h"

namespace cameo::tools {

namespace {

using namespace cameo::layers;

constexpr const char* kLastMap = "layer6";
constexpr std::int64_t kSide = 64;          // of a picture, in pixels
constexpr std::int64_t kCells = kSide / 4;  // of a map

/// The layers that are named as in the network for Scenes have its weights.
Network pretrained(const Sequential& layers, std::uint64_t seed) {
  Network network = zoo::build_network(layers, {.input_shape = {3, kSide, kSide}, .seed = seed});
  zoo::load_state_dict(network, zoo::state_dict(zoo::pretrained_model().network), true);
  return network;
}

Network classifier_network(MapSource source, std::uint64_t seed) {
  Sequential layers = zoo::gapnet_trunk();
  if (source == MapSource::kCam) {
    layers.add("gap", GlobalAveragePool()).add("flatten", Flatten());
  } else {
    layers.add("pool6", MaxPool2d({.kernel = 2}))
        .add("flatten", Flatten())
        .add("fc7", Linear({.out_features = 128}))
        .add("relu7", Relu())
        .add("dropout7", Dropout());
  }
  // Not "fc": the pretrained weights tell one shape from the others, not which ones there are.
  layers.add("shapes", Linear({.out_features = zoo::kSceneShapes}));
  return pretrained(layers, seed);
}

explain::Methods methods_of(MapSource source) {
  std::shared_ptr<const explain::Explainer> map;
  if (source == MapSource::kCam) {
    map = std::make_shared<explain::Cam>();
  } else {
    map = std::make_shared<explain::GradCam>(explain::GradCamOptions{.layer = kLastMap});
  }
  return {map, std::make_shared<explain::Saliency>()};
}

/// The mean over every cell's pixels of `map` `[H,W]` or of each channel of `[C,H,W]`.
Tensor cell_means(const Tensor& map, std::int64_t height, std::int64_t width) {
  const std::int64_t channels = map.rank() == 3 ? map.dim(0) : 1;
  const std::int64_t rows = map.dim(map.rank() - 2);
  const std::int64_t columns = map.dim(map.rank() - 1);
  Tensor means({channels, height, width});
  const std::span<float> out = means.mutable_data();
  const float share = static_cast<float>(height * width) / static_cast<float>(rows * columns);
  for (std::size_t i = 0; i < map.data().size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t row = at / columns % rows * height / rows;
    const std::int64_t column = at % columns * width / columns;
    const std::int64_t channel = at / (rows * columns);
    out[static_cast<std::size_t>((channel * height + row) * width + column)] +=
        share * map.data()[i];
  }
  return map.rank() == 3 ? means : means.reshaped({height, width});
}

/// The paper's deviations, for pictures of 321 pixels, at another size.
Tensor crf(const Tensor& picture, const Tensor& probabilities) {
  constexpr float kPaperSide = 321.0F;
  explain::DenseCrfOptions options{.appearance_weight = 10.0F, .smoothness_weight = 3.0F};
  const float scale = static_cast<float>(picture.dim(1)) / kPaperSide;
  options.appearance_position *= scale;
  options.smoothness_position *= scale;
  return explain::dense_crf(picture, probabilities, options);
}

/// What the boundary loss wants: the probabilities `[N,K,h,w]` after a dense CRF.
Tensor crf_targets(const Tensor& logits, const std::vector<Tensor>& small_pictures) {
  const Tensor probabilities = cell_probabilities(logits);
  const Shape one{logits.dim(1), logits.dim(2), logits.dim(3)};
  const auto volume = static_cast<std::size_t>(element_count(one));
  Tensor targets = Tensor::uninitialized(logits.shape());
  const std::span<float> out = targets.mutable_data();
  parallel_for(logits.dim(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
      const Tensor found =
          crf(small_pictures[n], Tensor(one, probabilities.data().subspan(n * volume, volume)));
      std::copy(found.data().begin(), found.data().end(), out.subspan(n * volume).begin());
    }
  });
  return targets;
}

void add(Loss& sum, const Loss& part) {
  sum.value += part.value;
  const std::span<float> total = sum.gradient.mutable_data();
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += part.gradient.data()[i];
}

/// The paper's decays are those of 41×41 cells; the same share of fewer cells decays faster.
ExpansionOptions expansion_for(std::int64_t cells) {
  const double exponent = 41.0 * 41.0 / static_cast<double>(cells);
  ExpansionOptions options;
  options.present = std::pow(options.present, exponent);
  options.background = std::pow(options.background, exponent);
  return options;
}

}  // namespace

WeakScenes::WeakScenes(zoo::SceneSplit split, std::int64_t count, std::uint64_t seed)
    : scenes_({.split = split,
               .count = count,
               .size = kSide,
               .scene = zoo::multi_object_scenes(),
               .seed = seed}),
      normalization_(normalization_of(zoo::pretrained_model())) {
  for (std::size_t i = 0; i < scenes_.size(); ++i) {
    std::set<std::int64_t> classes;
    for (const zoo::SceneObject& object : scenes_.scene(i).objects) {
      classes.insert(static_cast<std::int64_t>(object.shape));
    }
    present_.emplace_back(classes.begin(), classes.end());
  }
}

Tensor WeakScenes::picture(std::size_t index) const {
  return scenes_.batch(std::array{index}).images;
}

Tensor WeakScenes::input(const std::vector<std::size_t>& indices) const {
  Tensor images = scenes_.batch(indices).images;
  normalize(images, normalization_);
  return images;
}

Tensor WeakScenes::present_table(const std::vector<std::size_t>& indices,
                                 std::int64_t classes) const {
  Tensor table({static_cast<std::int64_t>(indices.size()), classes});
  std::int64_t row = 0;
  for (const std::size_t index : indices) {
    for (const std::int64_t k : present(index)) {
      table.mutable_data()[static_cast<std::size_t>(row * classes + k)] = 1.0F;
    }
    ++row;
  }
  return table;
}

std::vector<int> WeakScenes::truth(std::size_t index) const {
  const zoo::Scene scene = scenes_.scene(index);
  const zoo::RenderedScene rendered = scenes_.rendered(index);
  std::vector<int> segments(static_cast<std::size_t>(kSide * kSide), kBackground);
  for (std::size_t k = 0; k < rendered.objects.size(); ++k) {
    const std::vector<std::uint8_t>& mask = rendered.objects[k].mask;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (mask[i] != 0) segments[i] = static_cast<int>(scene.objects[k].shape);
    }
  }
  return segments;
}

WeakClassifier train_weak_classifier(MapSource source, const WeakScenes& scenes,
                                     const WeakTraining& training, const GlobalOptions& globals) {
  WeakClassifier classifier{.title = source == MapSource::kCam ? "CAM" : "Grad-CAM",
                            .network = classifier_network(source, training.seed),
                            .methods = methods_of(source)};
  fit_epochs(
      classifier.network,
      {.title = "learning what is there, for " + classifier.title,
       .pictures = static_cast<std::int64_t>(scenes.size()),
       .epochs = training.classifier_epochs,
       .seed = training.seed},
      [&](const EpochStep& step) {
        const Tensor present = scenes.present_table(step.pictures, zoo::kSceneShapes);
        return Examples{.given = {{classifier.network.input(), scenes.input(step.pictures)}},
                        .loss = [present](const Tensor& logits) {
                          return binary_cross_entropy(logits, present);
                        }};
      },
      globals);
  return classifier;
}

std::vector<std::int64_t> predicted_classes(const WeakClassifier& classifier, const Tensor& input) {
  const Tensor logits = forward(classifier.network, input).output();
  std::vector<std::int64_t> classes;
  for (std::int64_t k = 0; k < logits.size(); ++k) {
    if (logits.data()[static_cast<std::size_t>(k)] > 0.0F) classes.push_back(k);
  }
  return classes;
}

CellMaps look_for(const WeakClassifier& classifier, const Tensor& input,
                  const std::vector<std::int64_t>& classes) {
  std::vector<explain::Target> targets;
  targets.reserve(classes.size());
  for (const std::int64_t index : classes) {
    targets.push_back({.of = classifier.network.output(), .index = index});
  }
  const std::vector<explain::Explanation> found =
      explain::explain(classifier.network, input, classifier.methods, targets);
  CellMaps cells{.classes = classes, .maps = {}, .saliency = {}};
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const Tensor& raw = found[k].map;
    cells.maps.push_back(explain::display_map(found[k], raw.dim(0), raw.dim(1)).map);
    const Tensor gradient =
        explain::display_map(found[classes.size() + k], input.dim(2), input.dim(3)).map;
    const Tensor means = cell_means(gradient, raw.dim(0), raw.dim(1));
    if (!cells.saliency.defined()) cells.saliency = Tensor(means.shape());
    const std::span<float> saliency = cells.saliency.mutable_data();
    for (std::size_t i = 0; i < saliency.size(); ++i) {
      saliency[i] = std::max(saliency[i], means.data()[i]);
    }
  }
  return cells;
}

std::vector<int> seeds_of(const CellMaps& cells) {
  const std::vector<std::int64_t> order = explain::descending_order(cells.saliency.data());
  std::vector<int> seeds(order.size(), kNoLabel);
  const auto background = static_cast<std::ptrdiff_t>(
      std::llround(kBackgroundShare * static_cast<double>(order.size())));
  std::for_each(order.end() - background, order.end(),
                [&](std::int64_t cell) { seeds[static_cast<std::size_t>(cell)] = kBackground; });

  const auto extent = [&](std::size_t k) {
    const std::span<const float> map = cells.maps[k].data();
    return std::count_if(map.begin(), map.end(), [](float v) { return v > kForegroundShare; });
  };
  std::vector<std::size_t> widest_first(cells.classes.size());
  std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
  std::stable_sort(widest_first.begin(), widest_first.end(),
                   [&](std::size_t a, std::size_t b) { return extent(a) > extent(b); });
  for (const std::size_t k : widest_first) {
    const std::span<const float> map = cells.maps[k].data();
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      if (map[i] > kForegroundShare) seeds[i] = static_cast<int>(cells.classes[k]);
    }
  }
  return seeds;
}

std::vector<int> segments_of(const CellMaps& cells, std::int64_t height, std::int64_t width) {
  std::vector<int> segments(static_cast<std::size_t>(height * width), kBackground);
  std::vector<float> highest(segments.size(), kForegroundShare);
  for (std::size_t k = 0; k < cells.classes.size(); ++k) {
    const Tensor map = explain::resize_map(cells.maps[k], height, width);
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (map.data()[i] <= highest[i]) continue;
      highest[i] = map.data()[i];
      segments[i] = static_cast<int>(cells.classes[k]);
    }
  }
  return segments;
}

Network train_segmentation(const WeakScenes& scenes, const std::vector<std::vector<int>>& seeds,
                           const WeakTraining& training, const std::string& title,
                           const GlobalOptions& globals) {
  Sequential layers = zoo::gapnet_trunk();
  // A wide view, as the paper's network has.
  layers
      .add("context", conv_bn_relu({.out_channels = 96, .kernel = 3, .padding = 2, .dilation = 2}))
      .add("dropout", Dropout(0.2F))
      .add("segments", Conv2d({.out_channels = kSegments, .kernel = 1}));
  Network network = pretrained(layers, training.seed);
  const auto examples = [&](const EpochStep& step) {
    std::vector<int> batch_seeds;
    std::vector<Tensor> small_pictures;
    for (const std::size_t i : step.pictures) {
      batch_seeds.insert(batch_seeds.end(), seeds[i].begin(), seeds[i].end());
      small_pictures.push_back(
          cell_means(scenes.picture(i).reshaped({3, kSide, kSide}), kCells, kCells));
    }
    return Examples{
        .given = {{network.input(), scenes.input(step.pictures)}},
        .loss = [batch_seeds = std::move(batch_seeds), small_pictures = std::move(small_pictures),
                 present = scenes.present_table(step.pictures, kSegments)](const Tensor& logits) {
          Loss loss = seed_loss(logits, batch_seeds);
          add(loss, expansion_loss(logits, present, expansion_for(logits.dim(2) * logits.dim(3))));
          add(loss, divergence_loss(logits, crf_targets(logits, small_pictures)));
          return loss;
        }};
  };
  fit_epochs(network,
             {.title = title,
              .pictures = static_cast<std::int64_t>(scenes.size()),
              .epochs = training.epochs,
              .seed = training.seed},
             examples, globals);
  return network;
}

Tensor segment_probabilities(const Network& network, const Tensor& input) {
  const Tensor cells = cell_probabilities(forward(network, input).output());
  return explain::resize_map(cells.reshaped({cells.dim(1), cells.dim(2), cells.dim(3)}),
                             input.dim(2), input.dim(3));
}

Tensor sharpened(const Tensor& probabilities, const Tensor& picture) {
  return crf(picture.reshaped({picture.dim(1), picture.dim(2), picture.dim(3)}), probabilities);
}

std::vector<int> most_probable(const Tensor& probabilities) {
  const auto pixels = static_cast<std::size_t>(probabilities.dim(1) * probabilities.dim(2));
  std::vector<int> segments(pixels, 0);
  std::vector<float> highest(probabilities.data().begin(),
                             probabilities.data().begin() + static_cast<std::ptrdiff_t>(pixels));
  for (std::size_t i = pixels; i < probabilities.data().size(); ++i) {
    if (probabilities.data()[i] <= highest[i % pixels]) continue;
    highest[i % pixels] = probabilities.data()[i];
    segments[i % pixels] = static_cast<int>(i / pixels);
  }
  return segments;
}

}  // namespace cameo::tools
