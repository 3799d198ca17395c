/// Scenes: pictures of ten shapes that the program draws itself, with boxes and masks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/dataset.h"
#include "zoo/datasets/scenes/describe.h"
#include "zoo/datasets/scenes/render.h"

namespace cameo::zoo {

struct ScenesOptions {
  SceneSplit split = SceneSplit::kTrain;
  std::int64_t count = 10000;
  int size = 64;  ///< pixels a side, kMinSceneSize … kMaxSceneSize
  SceneOptions scene = {};
  std::uint64_t seed = 0;
};

/// Drawn once, in parallel, and kept as bytes (12 KiB a picture of 64×64); scenes, boxes and masks
/// are drawn anew when asked for. The class names are all ten shapes, whichever are in use.
class Scenes final : public Dataset {
 public:
  /// Throws ArgumentError for options that cannot be met, among them a count of 0 and more pictures
  /// than 4 GiB hold.
  explicit Scenes(const ScenesOptions& options);

  std::size_t size() const override { return labels_.size(); }
  Shape image_shape() const override;
  const std::vector<std::string>& class_names() const override;
  /// The shape of the largest object.
  int label(std::size_t index) const override;
  Batch batch(std::span<const std::size_t> indices) const override;

  Scene scene(std::size_t index) const;
  /// Pixels, boxes and masks; `scene(index).objects` in the same order.
  RenderedScene rendered(std::size_t index) const;
  const ScenesOptions& options() const { return options_; }

 private:
  std::size_t checked(std::size_t index) const;

  ScenesOptions options_;
  std::vector<std::uint8_t> pixels_;  ///< [N,H,W,3]
  std::vector<int> labels_;
};

}  // namespace cameo::zoo
