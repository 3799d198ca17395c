#include "tools/labs/weather.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/random.h"

namespace cameo::tools {

namespace {

using zoo::SceneShape;

constexpr std::uint64_t kWeatherStream = 0x7765617468657273;  // "weathers"
constexpr std::array<float, 3> kYellow{1.0F, 0.85F, 0.1F};
constexpr std::array<float, 3> kWhite{0.93F, 0.94F, 0.97F};

/// Large objects without distractions in the lower part, so that little training will do.
zoo::SceneOptions ground() {
  using Pattern = zoo::ScenePatternKind;
  zoo::SceneOptions scene{.shapes = {SceneShape::kHourglass, SceneShape::kTriangle},
                          .occlusion = 0.0,
                          .max_clutter = 0};
  scene.choices.textures = {Pattern::kPlain};
  scene.choices.backgrounds = {Pattern::kGradient, Pattern::kNoise};
  scene.choices.diameters = {0.48, 0.60};
  scene.choices.centres = {.x0 = 0.0, .y0 = 0.65, .x1 = 1.0, .y1 = 0.70};
  return scene;
}

/// In fractions of the side.
struct Disc {
  double x;
  double y;
  double radius;
};

struct Sky {
  Weather weather;
  std::vector<Disc> discs;
};

Sky sky_of(const WeatherOptions& options, std::size_t index, int label) {
  Random random({kWeatherStream, options.seed, static_cast<std::uint64_t>(options.split), index});
  const bool usual = static_cast<double>(random.uniform()) < options.bias;
  const double x = static_cast<double>(random.uniform(0.22F, 0.78F));
  const double y = static_cast<double>(random.uniform(0.13F, 0.17F));
  if ((label == 0) == usual) return {Weather::kSun, {{x, y, 0.10}}};
  return {Weather::kCloud, {{x - 0.10, y + 0.02, 0.07}, {x, y, 0.09}, {x + 0.10, y + 0.02, 0.07}}};
}

/// How much of a pixel the weather covers, 0 … 1, its edge softened over one pixel.
float coverage(const Sky& sky, std::int64_t x, std::int64_t y, std::int64_t side) {
  const auto scale = static_cast<double>(side);
  double most = 0.0;
  for (const Disc& disc : sky.discs) {
    const double distance = std::hypot(static_cast<double>(x) + 0.5 - disc.x * scale,
                                       static_cast<double>(y) + 0.5 - disc.y * scale);
    most = std::max(most, std::clamp(disc.radius * scale - distance + 0.5, 0.0, 1.0));
  }
  return static_cast<float>(most);
}

/// Over the picture `[3,H,W]` at `pixels`.
void paint(const Sky& sky, std::int64_t side, std::span<float> pixels) {
  const std::array<float, 3>& colour = sky.weather == Weather::kSun ? kYellow : kWhite;
  const auto plane = static_cast<std::size_t>(side * side);
  for (std::size_t at = 0; at < plane; ++at) {
    const auto place = static_cast<std::int64_t>(at);
    const float share = coverage(sky, place % side, place / side, side);
    for (std::size_t c = 0; c < colour.size(); ++c) {
      float& value = pixels[c * plane + at];
      value += share * (colour[c] - value);
    }
  }
}

}  // namespace

WeatherScenes::WeatherScenes(const WeatherOptions& options)
    : scenes_({.split = options.split,
               .count = options.count,
               .scene = ground(),
               .seed = options.seed}),
      options_(options) {}

const std::vector<std::string>& WeatherScenes::class_names() const {
  static const std::vector<std::string> names{"hourglass", "triangle"};
  return names;
}

int WeatherScenes::label(std::size_t index) const {
  return scenes_.label(index) == static_cast<int>(SceneShape::kHourglass) ? 0 : 1;
}

Batch WeatherScenes::batch(std::span<const std::size_t> indices) const {
  Batch batch = scenes_.batch(indices);
  const std::int64_t side = batch.images.dim(3);
  const auto picture = static_cast<std::size_t>(3 * side * side);
  const std::span<float> pixels = batch.images.mutable_data();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    batch.labels[i] = label(indices[i]);
    paint(sky_of(options_, indices[i], batch.labels[i]), side,
          pixels.subspan(i * picture, picture));
  }
  return batch;
}

Weather WeatherScenes::weather(std::size_t index) const {
  return sky_of(options_, index, label(index)).weather;
}

zoo::Image WeatherScenes::picture(std::size_t index) const {
  return zoo::to_image(batch({&index, 1}).images);
}

Tensor WeatherScenes::object_mask(std::size_t index) const {
  const zoo::RenderedScene drawn = scenes_.rendered(index);
  const std::vector<std::uint8_t>& mask = drawn.objects.front().mask;
  Tensor result({drawn.size, drawn.size});
  std::copy(mask.begin(), mask.end(), result.mutable_data().begin());
  return result;
}

Tensor WeatherScenes::weather_mask(std::size_t index) const {
  const Sky sky = sky_of(options_, index, label(index));
  const std::int64_t side = image_shape().back();
  Tensor result({side, side});
  const std::span<float> out = result.mutable_data();
  for (std::size_t at = 0; at < out.size(); ++at) {
    const auto place = static_cast<std::int64_t>(at);
    out[at] = coverage(sky, place % side, place / side, side) > 0.5F ? 1.0F : 0.0F;
  }
  return result;
}

}  // namespace cameo::tools
