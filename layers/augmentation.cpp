#include "layers/augmentation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"

namespace cameo {

namespace {

/// Calls body(row) for every row of every channel, with its index in the channel.
template <typename Body>
void for_each_row(std::span<float> image, const Shape& shape, Body body) {
  const std::int64_t height = shape[1];
  const auto width = static_cast<std::size_t>(shape[2]);
  for (std::int64_t row = 0; row < shape[0] * height; ++row) {
    body(image.subspan(static_cast<std::size_t>(row) * width, width), row % height);
  }
}

/// new(y, x) = value(old, y, x), per channel.
template <typename Value>
void remap(std::span<float> image, const Shape& shape, Value value) {
  const std::int64_t height = shape[1];
  const std::int64_t width = shape[2];
  const auto plane = static_cast<std::size_t>(height * width);
  std::vector<float> old(plane);
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(shape[0]); ++channel) {
    const std::span<float> values = image.subspan(channel * plane, plane);
    std::copy(values.begin(), values.end(), old.begin());
    std::size_t i = 0;
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) values[i++] = value(old, y, x);
    }
  }
}

Offset random_offset(Random& random, std::int64_t most) {
  const std::int64_t down = random.below(2 * most + 1) - most;
  const std::int64_t right = random.below(2 * most + 1) - most;
  return {.down = down, .right = right};
}

}  // namespace

void check_augmentation(const Augmentation& augmentation, const Shape& image_shape) {
  const std::int64_t most = std::min(image_shape.at(1), image_shape.at(2)) - 1;
  const auto check = [most](const char* what, std::int64_t amount) {
    if (amount < 0 || amount > most) {
      throw ArgumentError(std::string("augmentation: ") + what + " must be 0 to " +
                          std::to_string(most) + " for pictures of this size, got " +
                          std::to_string(amount));
    }
  };
  check("the shift", augmentation.shift);
  check("the crop padding", augmentation.crop_padding);
  check("the cutout", augmentation.cutout);
}

void augment(std::span<float> image, const Shape& shape, const Augmentation& augmentation,
             std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
  Random random({seed, epoch, index});
  if (augmentation.horizontal_flip && random.chance(0.5F)) flip_horizontally(image, shape);
  if (augmentation.shift > 0) {
    shift_repeating_edge(image, shape, random_offset(random, augmentation.shift));
  }
  if (augmentation.crop_padding > 0) {
    shift_filling(image, shape, random_offset(random, augmentation.crop_padding),
                  augmentation.fill);
  }
  if (augmentation.cutout > 0) {
    const std::int64_t row = random.below(shape[1]);
    const std::int64_t column = random.below(shape[2]);
    cut_out(image, shape, augmentation.cutout, {.down = row, .right = column}, augmentation.fill);
  }
}

void flip_horizontally(std::span<float> image, const Shape& shape) {
  for_each_row(image, shape,
               [](std::span<float> row, std::int64_t) { std::reverse(row.begin(), row.end()); });
}

void shift_repeating_edge(std::span<float> image, const Shape& shape, Offset offset) {
  const std::int64_t height = shape[1];
  const std::int64_t width = shape[2];
  remap(image, shape, [=](const std::vector<float>& old, std::int64_t y, std::int64_t x) {
    const std::int64_t from_y = std::clamp<std::int64_t>(y - offset.down, 0, height - 1);
    const std::int64_t from_x = std::clamp<std::int64_t>(x - offset.right, 0, width - 1);
    return old[static_cast<std::size_t>(from_y * width + from_x)];
  });
}

void shift_filling(std::span<float> image, const Shape& shape, Offset offset, float fill) {
  const std::int64_t height = shape[1];
  const std::int64_t width = shape[2];
  remap(image, shape, [=](const std::vector<float>& old, std::int64_t y, std::int64_t x) {
    const std::int64_t from_y = y - offset.down;
    const std::int64_t from_x = x - offset.right;
    const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
    return inside ? old[static_cast<std::size_t>(from_y * width + from_x)] : fill;
  });
}

void cut_out(std::span<float> image, const Shape& shape, std::int64_t side, Offset centre,
             float fill) {
  const std::int64_t top = centre.down - side / 2;
  const std::int64_t left = std::max<std::int64_t>(0, centre.right - side / 2);
  const std::int64_t right = std::min(shape[2], centre.right - side / 2 + side);
  for_each_row(image, shape, [=](std::span<float> row, std::int64_t y) {
    if (y >= top && y < top + side) std::fill(row.begin() + left, row.begin() + right, fill);
  });
}

}  // namespace cameo
