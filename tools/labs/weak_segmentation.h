/// Segmentation learned from the names of what is in a picture: classifiers, the seeds their maps
/// give, and networks trained from seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/tensor.h"
#include "explain/explainer.h"
#include "layers/normalization.h"
#include "tools/console.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::tools {

/// The shapes of Scenes and, last, the background.
inline constexpr std::int64_t kSegments = zoo::kSceneShapes + 1;
inline constexpr int kBackground = zoo::kSceneShapes;

struct WeakTraining {
  std::int64_t pictures = 4000;
  std::int64_t classifier_epochs = 6;
  std::int64_t epochs = 8;  ///< of the segmentation network
  std::uint64_t seed = 0;   ///< of the pictures, the parameters and the order
};

/// Scenes of several objects, and what a weak supervisor tells of them.
class WeakScenes {
 public:
  WeakScenes(zoo::SceneSplit split, std::int64_t count, std::uint64_t seed);

  std::size_t size() const { return scenes_.size(); }
  /// `[1,3,H,W]` in 0 … 1.
  Tensor picture(std::size_t index) const;
  /// The pictures `[N,3,H,W]` as networks take them.
  Tensor input(const std::vector<std::size_t>& indices) const;
  /// The shapes that are in the picture, in ascending order.
  const std::vector<std::int64_t>& present(std::size_t index) const { return present_.at(index); }
  /// `[N,classes]` of 0 and 1.
  Tensor present_table(const std::vector<std::size_t>& indices, std::int64_t classes) const;
  /// The segment of every pixel, row by row: what no network is told.
  std::vector<int> truth(std::size_t index) const;

 private:
  zoo::Scenes scenes_;
  Normalization normalization_;
  std::vector<std::vector<std::int64_t>> present_;
};

enum class MapSource {
  kCam,      ///< CAM of a network that ends in global average pooling and one linear layer
  kGradCam,  ///< Grad-CAM of one that ends in two fully connected layers
};

/// Tells which shapes are in a picture, and where its maps see them.
struct WeakClassifier {
  std::string title;  ///< of the method: "CAM"
  Network network;
  explain::Methods methods;  ///< the map's, then the gradient at the pixels
};

/// Trained on the names of the shapes alone; the convolutions begin with the weights of the network
/// that comes with the program. Progress goes to stderr.
WeakClassifier train_weak_classifier(MapSource source, const WeakScenes& scenes,
                                     const WeakTraining& training, const GlobalOptions& globals);

/// The shapes whose probability is above one half, in ascending order.
std::vector<std::int64_t> predicted_classes(const WeakClassifier& classifier, const Tensor& input);

/// What a classifier sees in one picture, cell by cell.
struct CellMaps {
  std::vector<std::int64_t> classes;
  std::vector<Tensor> maps;  ///< for each class `[h,w]`, 1 at its maximum, never negative
  Tensor saliency;           ///< the largest over classes of the gradient's magnitude, `[h,w]`
};
CellMaps look_for(const WeakClassifier& classifier, const Tensor& input,
                  const std::vector<std::int64_t>& classes);

/// The shares of Kolesnikov & Lampert 2016, Seed, Expand and Constrain: a shape where its map is
/// above 20 % of the maximum, background in the tenth of the cells with the least gradient.
inline constexpr float kForegroundShare = 0.2F;
inline constexpr double kBackgroundShare = 0.1;

/// The segment of each cell, kNoLabel where nothing is known. Where shapes compete the one with
/// fewer cells wins, and any shape over the background.
std::vector<int> seeds_of(const CellMaps& cells);

/// The segment of each pixel by the maps alone: the shape of the highest one where that is above
/// 20 % of its maximum, elsewhere background.
std::vector<int> segments_of(const CellMaps& cells, std::int64_t height, std::int64_t width);

/// A fully convolutional network from pictures to logits `[N,kSegments,h,w]`, trained with the
/// seeding, expansion and constrain-to-boundary losses from the seeds of every training picture.
Network train_segmentation(const WeakScenes& scenes, const std::vector<std::vector<int>>& seeds,
                           const WeakTraining& training, const std::string& title,
                           const GlobalOptions& globals);

/// The probabilities `[kSegments,H,W]` of an input `[1,3,H,W]`, resized from cells to pixels.
Tensor segment_probabilities(const Network& network, const Tensor& input);
/// The same after a dense CRF on the picture `[1,3,H,W]` in 0 … 1.
Tensor sharpened(const Tensor& probabilities, const Tensor& picture);
/// The most probable segment of each pixel.
std::vector<int> most_probable(const Tensor& probabilities);

}  // namespace cameo::tools
