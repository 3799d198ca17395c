/// How Winograd convolution cuts its planes into tiles, and tiles into blocks that fit a cache.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/conv/extents.h"
#include "core/conv/winograd_kernels.h"
#include "core/conv/winograd_passes.h"

namespace cameo::winograd {

inline constexpr std::int64_t kLanes = kWinogradLanes;

/// Output tiles of a batch, in blocks of whole rows of tiles counted over all images. The cut
/// depends on extents alone, so that bits do not depend on the thread count.
class Tiling {
 public:
  /// Of a pass's outputs, in blocks of about `tiles` tiles each.
  Tiling(const Correlation& pass, std::int64_t tiles);

  std::int64_t blocks() const { return blocks_; }
  Range block(std::int64_t index) const { return part_of(rows_, index, blocks_); }
  const WinogradKernels& form() const { return *form_; }
  std::int64_t columns() const { return columns_; }
  std::int64_t rows_per_image() const { return rows_per_image_; }
  std::int64_t most_tiles() const { return ceil_div(rows_, blocks_) * columns_; }
  /// Floats between rows of transformed tiles, with room for what kernels round up, and between
  /// the matrices of two elements that have `count` such rows. Both are an odd number of cache
  /// lines, so that neither meets in the same sets of a cache.
  std::int64_t stride() const { return (ceil_div(most_tiles() + kLanes - 1, kLanes) | 1) * kLanes; }
  std::int64_t matrix(std::int64_t count) const { return (count * stride() / kLanes | 1) * kLanes; }
  /// Floats of memory that transform_planes() takes for planes of some width.
  std::int64_t work_size(std::int64_t width) const;

  /// Calls `visit(image, first row of tiles, rows, tile)` for each image that a block touches;
  /// `tile` counts within the block.
  template <typename F>
  void for_each_image(Range block, F visit) const {
    for (std::int64_t row = block.begin; row < block.begin + block.count;) {
      const std::int64_t in_image = row % rows_per_image_;
      const std::int64_t rows =
          std::min(block.begin + block.count - row, rows_per_image_ - in_image);
      visit(row / rows_per_image_, in_image, rows, (row - block.begin) * columns_);
      row += rows;
    }
  }

 private:
  const WinogradKernels* form_;
  std::int64_t rows_per_image_, columns_, rows_, blocks_;
};

/// The planes `[batch,count,height,width]` that tiles are cut from. The first tile of a plane
/// begins `top` and `left` pixels outside it, inside where negative.
struct Planes {
  const float* data;
  std::int64_t batch, count, height, width;
  std::int64_t top, left;
};

/// Where transform_planes() puts element e of plane c and tile t:
/// data[e·matrix + c·stride + t], c counted from the first plane asked for.
struct Matrices {
  float* data;
  std::int64_t matrix, stride;
};

/// Either transform of WinogradKernels.
using TransformTiles = decltype(WinogradKernels::transform_input);

/// Transforms the tiles of `planes` (numbers `chosen`) in one block. `work` holds
/// tiling.work_size(planes.width) floats.
void transform_planes(const Tiling& tiling, Range block, const Planes& planes, Range chosen,
                      TransformTiles transform, float* work, const Matrices& to);

/// The input's tiles of one block, for the parts of the kernel one after the other:
/// `[elements,depth,tiles]`.
void transform_inputs(const Correlation& c, const Tiling& tiling, Range block, const float* x,
                      float* work, const Matrices& to);

}  // namespace cameo::winograd
