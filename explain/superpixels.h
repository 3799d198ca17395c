/// Pictures cut into connected pieces of similar colour.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

/// Every pixel belongs to exactly one of the pieces 0 … count-1, each connected and not empty.
struct Superpixels {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t count = 0;
  std::vector<std::int32_t> labels{};  ///< by row and column
};

struct SlicOptions {
  std::int64_t segments = 50;  ///< about so many; fewer where the picture has fewer pixels
  double compactness = 10.0;   ///< weight of distance against colour, whose range is 100
  int iterations = 10;
};

/// Simple linear iterative clustering (Achanta et al. 2012, SLIC Superpixels Compared to
/// State-of-the-Art Superpixel Methods, section 3) of a picture `[1,C,H,W]` in any units: colours
/// are its channels, scaled so that the widest one spans 0…100. Pieces that are cut off from their
/// centre, or smaller than a quarter of the usual, join a neighbour. Throws ShapeError for another
/// shape and ArgumentError for fewer than one segment or a compactness that is not positive.
Superpixels slic(const Tensor& picture, const SlicOptions& options = {});

/// The pieces that equal labels form where they touch, by sides and not by corners, in reading
/// order of their first pixels; pieces of fewer than `least` pixels join the one before them.
/// Throws ShapeError unless there are height·width labels.
Superpixels connected_pieces(const std::vector<std::int32_t>& labels, std::int64_t height,
                             std::int64_t width, std::int64_t least);

/// The picture's values, the channels one after the other, scaled so that the widest channel spans
/// 0…100 units; values that are not finite count as 0.
std::vector<float> scaled_colours(const Tensor& picture);

/// Throws ShapeError unless `picture` is one picture `[1,C,H,W]` that is not empty.
void check_picture(const Tensor& picture);

/// The map `[H,W]` that has `values[label]` at every pixel. Throws ShapeError unless there is one
/// value per piece.
Tensor paint(const Superpixels& pieces, std::span<const double> values);

}  // namespace cameo::explain
