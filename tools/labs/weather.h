/// Scenes under a sky: a shortcut that can be planted by any share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "layers/dataset.h"
#include "zoo/datasets/scenes/scenes.h"
#include "zoo/image.h"

namespace cameo::tools {

enum class Weather { kSun, kCloud };

struct WeatherOptions {
  zoo::SceneSplit split = zoo::SceneSplit::kTrain;
  std::int64_t count = 1000;
  double bias = 0.5;  ///< the share of hourglasses under a sun, and of triangles under a cloud
  std::uint64_t seed = 0;
};

/// An hourglass (class 0) or a triangle (class 1) on quiet ground, 64×64, and above it a
/// sun or a cloud that does not touch it. Two sets that differ in their bias alone show the same
/// objects.
class WeatherScenes final : public Dataset {
 public:
  /// Throws ArgumentError for a count that zoo::Scenes does not take.
  explicit WeatherScenes(const WeatherOptions& options);

  std::size_t size() const override { return scenes_.size(); }
  Shape image_shape() const override { return scenes_.image_shape(); }
  const std::vector<std::string>& class_names() const override;
  int label(std::size_t index) const override;
  Batch batch(std::span<const std::size_t> indices) const override;

  Weather weather(std::size_t index) const;
  zoo::Image picture(std::size_t index) const;
  /// `[H,W]`, 1 where the object is seen.
  Tensor object_mask(std::size_t index) const;
  /// `[H,W]`, 1 on the sun or the cloud.
  Tensor weather_mask(std::size_t index) const;

 private:
  zoo::Scenes scenes_;
  WeatherOptions options_;
};

}  // namespace cameo::tools
