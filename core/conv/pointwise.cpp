// The gradient of the weights of a 1x1 convolution with stride 1 and no padding is a matrix product
// per image: the input already has the layout im2col would give it.
#include <algorithm>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/gemm/gemm.h"
#include "core/parallel.h"

namespace cameo {

namespace {

/// Below this many positions a product per image is too narrow for the GEMM; im2col joins images
/// and shares out filters.
constexpr std::int64_t kNarrow = 128;
/// Positions per task: enough to pay for packing the weights once more.
constexpr std::int64_t kTile = 1024;
/// Tiles that a pass should have at least, where they stay wider than kNarrow. Fixed, so that the
/// bits do not depend on the thread count.
constexpr std::int64_t kFewTiles = 4;
/// Partial sums of the weight gradient: fixed, so that the bits do not depend on the thread count.
constexpr std::int64_t kChunks = 8;

bool supports(const ConvParams& p, ConvPass pass) {
  const bool plain = p.taps() == 1 && p.strides[0] == 1 && p.strides[1] == 1 &&
                     std::all_of(p.pads.begin(), p.pads.end(), [](auto pad) { return pad == 0; });
  return plain && pass == ConvPass::kBackwardWeights;
}

/// One image, one group, one run of positions.
struct Tile {
  std::int64_t image, group, begin, columns;
};

std::int64_t tiles_per_image(const ConvParams& p) {
  const std::int64_t least = (p.out_size() + kTile - 1) / kTile;
  const std::int64_t wanted = (kFewTiles + p.batch * p.groups - 1) / (p.batch * p.groups);
  return std::max(least, std::min(wanted, p.out_size() / kNarrow));
}

/// Splits positions evenly over the tiles of an image.
Tile tile_at(const ConvParams& p, std::int64_t index) {
  const std::int64_t per_image = tiles_per_image(p);
  const std::int64_t part = index % per_image;
  const std::int64_t begin = p.out_size() * part / per_image;
  return {.image = index / per_image / p.groups,
          .group = index / per_image % p.groups,
          .begin = begin,
          .columns = p.out_size() * (part + 1) / per_image - begin};
}

void backward_weights(const ConvParams& p, const float* x, const float* dy, float* dweight) {
  const std::int64_t m = p.group_filters();
  const std::int64_t n = p.group_channels();
  const std::int64_t tiles = p.batch * tiles_per_image(p);
  const std::int64_t chunks = std::min(tiles, kChunks);
  const std::int64_t size = p.filters * n;
  std::vector<float> partial(static_cast<std::size_t>(chunks * size));
  parallel_for(chunks * p.groups, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t chunk = task / p.groups;
      const std::int64_t group = task % p.groups;
      for (std::int64_t i = tiles * chunk / chunks; i < tiles * (chunk + 1) / chunks; ++i) {
        const std::int64_t per_image = tiles_per_image(p);
        const Tile t = tile_at(p, (i / per_image * p.groups + group) * per_image + i % per_image);
        gemm({.m = m,
              .n = n,
              .k = t.columns,
              .a = dy + (t.image * p.filters + group * m) * p.out_size() + t.begin,
              .lda = p.out_size(),
              .b = x + (t.image * p.channels + group * n) * p.in_size() + t.begin,
              .ldb = p.in_size(),
              .transpose_b = true,
              .c = partial.data() + chunk * size + group * m * n,
              .ldc = n,
              .beta = 1.0F});
      }
    }
  });
  sum_partials(partial, chunks, size, dweight);
}

}  // namespace

ConvAlgorithm pointwise_conv() {
  return {
      .name = "pointwise",
      .supports = supports,
      .prefers = [](const ConvParams& p, ConvPass, bool) { return p.out_size() >= kNarrow; },
      .prepared_size = nothing_prepared,
      .prepare = nullptr,
      .forward = nullptr,
      .backward_data = nullptr,
      .backward_weights = backward_weights,
      .tolerance = [](const ConvParams&) { return 1e-6; },
  };
}

}  // namespace cameo
