/// Random changes to training pictures.
#pragma once

#include <cstdint>
#include <span>

#include "core/random.h"
#include "core/tensor.h"

namespace cameo {

/// The default changes nothing. Applied in the order of the members.
struct Augmentation {
  bool horizontal_flip = false;   ///< mirror every second picture, on average
  std::int64_t shift = 0;         ///< move by up to so many pixels each way, repeating the edge
  std::int64_t crop_padding = 0;  ///< pad every side by so many pixels of `fill`, crop at random
  std::int64_t cutout = 0;        ///< side of a square of `fill` (DeVries & Taylor 2017)
  float fill = 0.0F;              ///< 0 … 1, as in a Dataset's pictures

  bool operator==(const Augmentation&) const = default;
  bool any() const { return horizontal_flip || shift > 0 || crop_padding > 0 || cutout > 0; }
};

/// Throws ArgumentError unless every amount is at least 0 and less than the picture's height and
/// width.
void check_augmentation(const Augmentation& augmentation, const Shape& image_shape);

/// Changes one picture `[C,H,W]` in place. Its result depends on the picture and on (seed, epoch,
/// index) alone.
void augment(std::span<float> image, const Shape& shape, const Augmentation& augmentation,
             std::uint64_t seed, std::uint64_t epoch, std::uint64_t index);

/// Mirrors left and right.
void flip_horizontally(std::span<float> image, const Shape& shape);

struct Offset {
  std::int64_t down = 0;
  std::int64_t right = 0;
};
/// Moves the content; what comes in repeats the nearest edge pixel.
void shift_repeating_edge(std::span<float> image, const Shape& shape, Offset offset);
/// Moves the content; what comes in is `fill`.
void shift_filling(std::span<float> image, const Shape& shape, Offset offset, float fill);
/// Fills the square of the given side around (row, column), clipped at the borders: rows from
/// row - side/2 on.
void cut_out(std::span<float> image, const Shape& shape, std::int64_t side, Offset centre,
             float fill);

}  // namespace cameo
