#include "core/conv/winograd_tiles.h"

#include "core/cpu/features.h"

namespace cameo::winograd {

namespace {

/// Blocks from which on their number is a multiple of 4, so that 2 or 4 threads get the same
/// number.
constexpr std::int64_t kManyBlocks = 8;
constexpr std::int64_t kOverlap = kWinogradPoints - kTile;

std::int64_t padded_width(std::int64_t columns) {
  return kTile * round_up(columns, kLanes) + kLanes;
}

}  // namespace

Range part_of(std::int64_t extent, std::int64_t index, std::int64_t count) {
  const std::int64_t begin = extent * index / count;
  return {.begin = begin, .count = extent * (index + 1) / count - begin};
}

const WinogradKernels& kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::winograd_kernels, avx2::winograd_kernels,
                         avx512::winograd_kernels);
#else
  return baseline::winograd_kernels;
#endif
}

Tiling::Tiling(std::int64_t batch, std::int64_t out_height, std::int64_t out_width,
               std::int64_t tiles)
    : rows_per_image_(ceil_div(out_height, kTile)),
      columns_(ceil_div(out_width, kTile)),
      rows_(batch * rows_per_image_) {
  const std::int64_t wanted = std::clamp<std::int64_t>(rows_ * columns_ / tiles, 1, rows_);
  blocks_ = wanted < kManyBlocks ? wanted : wanted / 4 * 4;
}

std::int64_t Tiling::padded_size() const {
  const std::int64_t rows = std::min(ceil_div(rows_, blocks_), rows_per_image_);
  return (kTile * rows + kOverlap) * padded_width(columns_) + winograd_work_size(rows, columns_);
}

void transform_planes(const Tiling& tiling, Range block, const Planes& planes, Range chosen,
                      TransformTiles transform, float* padded, const Matrices& to) {
  const std::int64_t width = padded_width(tiling.columns());
  tiling.for_each_image(
      block, [&](std::int64_t image, std::int64_t row, std::int64_t rows, std::int64_t tile) {
        const std::int64_t lines = kTile * rows + planes.overlap;
        std::fill_n(padded, lines * width, 0.0F);
        const std::int64_t top = row * kTile - planes.top;
        const std::int64_t cropped = std::max<std::int64_t>(-planes.left, 0);
        const std::int64_t first = std::max<std::int64_t>(top, 0);
        const std::int64_t last = std::min(top + lines, planes.height);
        for (std::int64_t c = 0; c < chosen.count; ++c) {
          const float* plane = planes.data + (image * planes.count + chosen.begin + c) *
                                                 planes.height * planes.width;
          for (std::int64_t y = first; y < last; ++y) {
            copy_row(plane + y * planes.width + cropped, planes.width - cropped,
                     padded + (y - top) * width + planes.left + cropped);
          }
          transform({.pixels = padded, .stride = width, .rows = rows, .columns = tiling.columns()},
                    padded + lines * width, to.data + c * to.stride + tile, to.matrix);
        }
      });
}

void transform_inputs(const Correlation& c, const Tiling& tiling, Range block, const float* x,
                      float* padded, const Matrices& to) {
  for (std::int64_t part = 0; part < c.parts(); ++part) {
    const Planes planes{.data = x,
                        .batch = c.batch,
                        .count = c.channels,
                        .height = c.height,
                        .width = c.width,
                        .top = c.pad_top - part / c.parts_wide() * 3,
                        .left = c.pad_left - part % c.parts_wide() * 3,
                        .overlap = kOverlap};
    Matrices shifted = to;
    shifted.data += part * c.channels * to.stride;
    transform_planes(tiling, block, planes, {.begin = 0, .count = c.channels},
                     kernels().transform_input, padded, shifted);
  }
}

}  // namespace cameo::winograd
