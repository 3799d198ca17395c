#include "core/conv/winograd_tiles.h"

#include "core/cpu/features.h"

namespace cameo::winograd {

namespace {

/// Blocks from which on their number is a multiple of 4, so that 2 or 4 threads get the same
/// number.
constexpr std::int64_t kManyBlocks = 8;

}  // namespace

// Kernels with 4 or 5 taps a side: 4 products an output instead of 9 in parts of 3x3.
const WinogradKernels& form_for(const ConvParams& p) {
  const std::int64_t most = std::max(p.kernel[0], p.kernel[1]);
  const bool wide = most == 4 || most == 5;
#if defined(__x86_64__)
  return wide ? version_for_isa(baseline::winograd_4x4_5x5, avx2::winograd_4x4_5x5,
                                avx512::winograd_4x4_5x5)
              : version_for_isa(baseline::winograd_4x4_3x3, avx2::winograd_4x4_3x3,
                                avx512::winograd_4x4_3x3);
#else
  return wide ? baseline::winograd_4x4_5x5 : baseline::winograd_4x4_3x3;
#endif
}

Tiling::Tiling(const Correlation& pass, std::int64_t tiles)
    : form_(pass.form),
      rows_per_image_(ceil_div(pass.out_height, form_->tile)),
      columns_(ceil_div(pass.out_width, form_->tile)),
      rows_(pass.batch * rows_per_image_) {
  const std::int64_t wanted = std::clamp<std::int64_t>(rows_ * columns_ / tiles, 1, rows_);
  blocks_ = wanted < kManyBlocks ? wanted : wanted / 4 * 4;
}

std::int64_t Tiling::work_size(std::int64_t width) const {
  const std::int64_t rows = std::min(ceil_div(rows_, blocks_), rows_per_image_);
  return round_up(width, kLanes) + form_->work_size(rows, columns_);
}

void transform_planes(const Tiling& tiling, Range block, const Planes& planes, Range chosen,
                      TransformTiles transform, float* work, const Matrices& to) {
  float* const rest = std::fill_n(work, round_up(planes.width, kLanes), 0.0F);
  const std::int64_t size = planes.height * planes.width;
  tiling.for_each_image(
      block, [&](std::int64_t image, std::int64_t row, std::int64_t rows, std::int64_t tile) {
        WinogradTiles tiles{.plane = nullptr,
                            .height = planes.height,
                            .width = planes.width,
                            .top = row * tiling.form().tile - planes.top,
                            .left = -planes.left,
                            .rows = rows,
                            .columns = tiling.columns(),
                            .zeros = work};
        for (std::int64_t c = 0; c < chosen.count; ++c) {
          tiles.plane = planes.data + (image * planes.count + chosen.begin + c) * size;
          transform(tiles, rest, to.data + c * to.stride + tile, to.matrix);
        }
      });
}

void transform_inputs(const Correlation& c, const Tiling& tiling, Range block, const float* x,
                      float* work, const Matrices& to) {
  for (std::int64_t i = 0; i < c.parts(); ++i) {
    const KernelPart part(c, i);
    const Planes planes{.data = x,
                        .batch = c.batch,
                        .count = c.channels,
                        .height = c.height,
                        .width = c.width,
                        .top = c.pad_top - part.top,
                        .left = c.pad_left - part.left};
    Matrices shifted = to;
    shifted.data += i * c.channels * to.stride;
    transform_planes(tiling, block, planes, {.begin = 0, .count = c.channels},
                     c.form->transform_input, work, shifted);
  }
}

}  // namespace cameo::winograd
