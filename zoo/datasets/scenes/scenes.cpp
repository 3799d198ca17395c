#include "zoo/datasets/scenes/scenes.h"

#include <algorithm>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::zoo {

namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{4} << 30;

std::int64_t picture_bytes(int size) { return std::int64_t{3} * size * size; }

void check_options(const ScenesOptions& options) {
  check(options.scene);
  if (options.size < kMinSceneSize || options.size > kMaxSceneSize) {
    throw ArgumentError("scenes: the size must lie within " + std::to_string(kMinSceneSize) +
                        " and " + std::to_string(kMaxSceneSize) + ", but is " +
                        std::to_string(options.size));
  }
  const std::int64_t most = kMaxBytes / picture_bytes(options.size);
  if (options.count < 1 || options.count > most) {
    throw ArgumentError("scenes: the count must lie within 1 and " + std::to_string(most) +
                        " for pictures of this size, but is " + std::to_string(options.count));
  }
}

}  // namespace

Scenes::Scenes(const ScenesOptions& options) : options_(options) {
  check_options(options);
  const auto bytes = static_cast<std::size_t>(picture_bytes(options.size));
  labels_.resize(static_cast<std::size_t>(options.count));
  pixels_.resize(labels_.size() * bytes);
  parallel_for(options.count, 16, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const Scene drawn = scene(i);
      const RenderedScene picture = render_scene(drawn, options_.size);
      labels_[i] = static_cast<int>(drawn.objects[largest_object(drawn)].shape);
      std::copy(picture.pixels.begin(), picture.pixels.end(),
                pixels_.begin() + static_cast<std::ptrdiff_t>(i * bytes));
    }
  });
}

Shape Scenes::image_shape() const { return {3, options_.size, options_.size}; }

const std::vector<std::string>& Scenes::class_names() const {
  static const std::vector<std::string> names(scene_shape_names().begin(),
                                              scene_shape_names().end());
  return names;
}

int Scenes::label(std::size_t index) const { return labels_[checked(index)]; }

Batch Scenes::batch(std::span<const std::size_t> indices) const {
  const auto area =
      static_cast<std::size_t>(options_.size) * static_cast<std::size_t>(options_.size);
  Batch batch{Tensor({static_cast<std::int64_t>(indices.size()), 3, options_.size, options_.size}),
              {}};
  float* out = batch.images.mutable_data().data();
  for (const std::size_t index : indices) {
    const std::uint8_t* in = pixels_.data() + checked(index) * area * 3;
    for (std::size_t at = 0; at < area; ++at) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        out[channel * area + at] = static_cast<float>(in[at * 3 + channel]) / 255.0F;
      }
    }
    out += 3 * area;
    batch.labels.push_back(labels_[index]);
  }
  return batch;
}

Scene Scenes::scene(std::size_t index) const {
  return describe_scene(options_.scene, {options_.seed, options_.split, checked(index)});
}

RenderedScene Scenes::rendered(std::size_t index) const {
  return render_scene(scene(index), options_.size);
}

std::size_t Scenes::checked(std::size_t index) const {
  if (index < labels_.size()) return index;
  throw ArgumentError("scenes: picture " + std::to_string(index) + " of " +
                      std::to_string(labels_.size()));
}

}  // namespace cameo::zoo
