// im2col + GEMM (Chellapilla, Puri & Simard 2006, High Performance Convolutional Neural Networks
// for Document Processing): the windows become columns of a matrix. Columns are made for one tile
// of positions at a time, so that they are still in the cache when the GEMM reads them; where maps
// are small one tile joins several images. The gradient of the weights multiplies rows instead.
#include <algorithm>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/conv/lowering.h"
#include "core/gemm/gemm.h"
#include "core/gemm/row_kernels.h"
#include "core/parallel.h"

namespace cameo {

namespace {

/// Columns of a tile: wide enough that OpenBLAS's packing of the other operand is paid for.
constexpr std::int64_t kTileColumns = 512;
/// A pass with fewer tasks than this is split over filters or channels too. Fixed, like every count
/// here, so that the bits do not depend on the thread count.
constexpr std::int64_t kFewTasks = 8;
/// Rows below which a GEMM is not split further.
constexpr std::int64_t kFewRows = 16;
/// Most partial sums of the weight gradient, and the most floats they may take together.
constexpr std::int64_t kMostChunks = 8;
constexpr std::int64_t kPartialFloats = std::int64_t{1} << 23;

/// How many parts to cut `rows` into when `tasks` others exist already.
std::int64_t row_parts(std::int64_t tasks, std::int64_t rows) {
  return std::clamp<std::int64_t>(rows / kFewRows, 1, ceil_div(kFewTasks, tasks));
}

/// A block of the output: all positions of `images` whole images, or `positions` of one image.
struct Tile {
  Range images;
  Range positions;
  std::int64_t columns() const { return images.count * positions.count; }
};

/// Blocks of images that fill a tile each; rounded up so that 2 or 4 threads get the same number.
std::int64_t image_block_count(const ConvParams& p) {
  const std::int64_t images = std::max<std::int64_t>(kTileColumns / p.out_size(), 1);
  const std::int64_t blocks = ceil_div(p.batch, images);
  return blocks < 3 ? blocks : std::min(p.batch, ceil_div(blocks, 4) * 4);
}

/// Cuts batch x positions into tiles of about kTileColumns.
struct Tiling {
  explicit Tiling(const ConvParams& p)
      : params(p),
        image_blocks(image_block_count(p)),
        position_blocks(ceil_div(p.out_size(), kTileColumns)) {}
  std::int64_t count() const { return image_blocks * position_blocks; }
  Tile at(std::int64_t index) const {
    // Cut where row_kernels() need no rounding up.
    const Range lanes =
        part_of(ceil_div(params.out_size(), kRowLanes), index % position_blocks, position_blocks);
    const std::int64_t begin = lanes.begin * kRowLanes;
    return {.images = part_of(params.batch, index / position_blocks, image_blocks),
            .positions = {.begin = begin,
                          .count = std::min(lanes.count * kRowLanes, params.out_size() - begin)}};
  }
  std::int64_t most_columns() const {
    const std::int64_t lanes = ceil_div(params.out_size(), kRowLanes);
    return ceil_div(params.batch, image_blocks) *
           std::min(ceil_div(lanes, position_blocks) * kRowLanes, params.out_size());
  }

  const ConvParams& params;
  std::int64_t image_blocks;
  std::int64_t position_blocks;
};

/// The calling thread's column matrix and, behind it, the matrix of joined output planes.
struct Scratch {
  float* columns;
  float* planes;
};

std::int64_t workspace(const ConvParams& p) {
  return (p.depth() + p.group_filters()) * Tiling(p).most_columns();
}

Scratch scratch_for(const ConvParams& p) {
  float* memory = thread_workspace(workspace(p)).data();
  return {.columns = memory, .planes = memory + p.depth() * Tiling(p).most_columns()};
}

void lower(const ConvParams& p, const float* x, std::int64_t group, const Tile& tile,
           float* columns, std::int64_t stride) {
  for (std::int64_t i = 0; i < tile.images.count; ++i) {
    const std::int64_t plane = (tile.images.begin + i) * p.channels + group * p.group_channels();
    im2col(p, p.group_channels(), x + plane * p.in_size(), tile.positions,
           columns + i * tile.positions.count, stride);
  }
}

/// Copies the planes of `filters` (counted over all groups) into rows `stride` floats apart.
void join_planes(const ConvParams& p, const float* dy, Range filters, const Tile& tile,
                 float* joined, std::int64_t stride) {
  const float* first =
      dy + (tile.images.begin * p.filters + filters.begin) * p.out_size() + tile.positions.begin;
  for (std::int64_t j = 0; j < filters.count; ++j) {
    for (std::int64_t i = 0; i < tile.images.count; ++i) {
      std::copy_n(first + (i * p.filters + j) * p.out_size(), tile.positions.count,
                  joined + j * stride + i * tile.positions.count);
    }
  }
}

/// A matrix whose rows are filters and whose columns are the positions of a tile.
struct PlaneMatrix {
  const float* data;
  std::int64_t stride;
};

/// The planes of `filters` as a matrix: in place when the tile is part of one image, else copied
/// into `joined`.
PlaneMatrix plane_matrix(const ConvParams& p, const float* dy, Range filters, const Tile& tile,
                         float* joined) {
  const float* first =
      dy + (tile.images.begin * p.filters + filters.begin) * p.out_size() + tile.positions.begin;
  if (tile.images.count == 1) return {.data = first, .stride = p.out_size()};
  join_planes(p, dy, filters, tile, joined, tile.columns());
  return {.data = joined, .stride = tile.columns()};
}

void forward_tile(const ConvParams& p, const float* weight, Range filters, const Tile& tile,
                  const Scratch& scratch, float* y) {
  const bool joined = tile.images.count > 1;
  float* first =
      y + (tile.images.begin * p.filters + filters.begin) * p.out_size() + tile.positions.begin;
  float* out = joined ? scratch.planes : first;
  const std::int64_t stride = joined ? tile.columns() : p.out_size();
  gemm({.m = filters.count,
        .n = tile.columns(),
        .k = p.depth(),
        .a = weight + filters.begin * p.depth(),
        .lda = p.depth(),
        .b = scratch.columns,
        .ldb = tile.columns(),
        .c = out,
        .ldc = stride});
  if (!joined) return;
  for (std::int64_t i = 0; i < tile.images.count; ++i) {
    for (std::int64_t j = 0; j < filters.count; ++j) {
      std::copy_n(out + j * stride + i * tile.positions.count, tile.positions.count,
                  first + (i * p.filters + j) * p.out_size());
    }
  }
}

void forward(const ConvParams& p, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
             float* y) {
  const Tiling tiling(p);
  const std::int64_t tasks = tiling.count() * p.groups;
  const std::int64_t parts = row_parts(tasks, p.group_filters());
  parallel_for(tasks * parts, 1, [&](std::int64_t first, std::int64_t last) {
    const Scratch scratch = scratch_for(p);
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t group = task / parts % p.groups;
      const Tile tile = tiling.at(task / parts / p.groups);
      Range filters = part_of(p.group_filters(), task % parts, parts);
      filters.begin += group * p.group_filters();
      if (task == first || task % parts == 0)
        lower(p, x, group, tile, scratch.columns, tile.columns());
      forward_tile(p, weights.stored, filters, tile, scratch, y);
    }
  });
  apply_epilogue(p, epilogue, y);
}

/// dL/dx of `channels` of one block of images; tiles of one image overlap in x, so they follow each
/// other.
void backward_channels(const ConvParams& p, const float* weight, const float* dy,
                       std::int64_t group, Range channels, std::int64_t image_block, float* dx) {
  const Tiling tiling(p);
  const Scratch scratch = scratch_for(p);
  const Range filters{.begin = group * p.group_filters(), .count = p.group_filters()};
  const std::int64_t first_channel = group * p.group_channels() + channels.begin;
  for (std::int64_t block = 0; block < tiling.position_blocks; ++block) {
    const Tile tile = tiling.at(image_block * tiling.position_blocks + block);
    const PlaneMatrix grad = plane_matrix(p, dy, filters, tile, scratch.planes);
    gemm({.m = channels.count * p.taps(),
          .n = tile.columns(),
          .k = filters.count,
          .a = weight + filters.begin * p.depth() + channels.begin * p.taps(),
          .lda = p.depth(),
          .transpose_a = true,
          .b = grad.data,
          .ldb = grad.stride,
          .c = scratch.columns,
          .ldc = tile.columns()});
    for (std::int64_t i = 0; i < tile.images.count; ++i) {
      float* planes = dx + ((tile.images.begin + i) * p.channels + first_channel) * p.in_size();
      if (block == 0) std::fill_n(planes, channels.count * p.in_size(), 0.0F);
      col2im_add(p, channels.count, scratch.columns + i * tile.positions.count, tile.columns(),
                 tile.positions, planes);
    }
  }
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  const std::int64_t tasks = Tiling(p).image_blocks * p.groups;
  const std::int64_t parts = row_parts(tasks, p.group_channels());
  parallel_for(tasks * parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      backward_channels(p, weights.stored, dy, task / parts % p.groups,
                        part_of(p.group_channels(), task % parts, parts), task / parts / p.groups,
                        dx);
    }
  });
}

/// Rows of a tile's columns and planes as row_kernels() reads them: rounded up with zeros, an odd
/// number of cache lines apart, so that they do not meet in the same sets of a cache.
struct RowMatrices {
  RowMatrices(const ConvParams& p, std::int64_t most_columns)
      : stride((ceil_div(most_columns, kRowLanes) | 1) * kRowLanes),
        columns(thread_workspace((p.depth() + p.group_filters()) * stride).data()),
        planes(columns + p.depth() * stride) {}
  std::int64_t stride;
  float* columns;
  float* planes;
};

void clear_rest(float* rows, std::int64_t count, std::int64_t stride, std::int64_t columns) {
  const std::int64_t rounded = ceil_div(columns, kRowLanes) * kRowLanes;
  if (rounded == columns) return;
  for (std::int64_t i = 0; i < count; ++i) {
    std::fill(rows + i * stride + columns, rows + i * stride + rounded, 0.0F);
  }
}

/// Whether row_kernels() can read the planes of a pointwise convolution as they lie: long rows that
/// need no rounding up and do not meet in the same sets of a cache.
bool reads_planes(const ConvParams& p, const Tile& tile) {
  constexpr std::int64_t kLongRow = 256;
  constexpr std::int64_t kSameSets = 1024;
  const bool pointwise = p.taps() == 1 && p.out_size() == p.in_size() && p.pads[0] == 0 &&
                         p.pads[1] == 0 && p.strides[0] == 1 && p.strides[1] == 1;
  return pointwise && tile.positions.count % kRowLanes == 0 && tile.positions.count >= kLongRow &&
         p.out_size() % kSameSets != 0;
}

/// Adds one tile's share of dL/dweight of `filters`, which `sums` begins with.
void add_weight_gradients(const ConvParams& p, const float* x, const float* dy, std::int64_t group,
                          Range filters, const Tile& tile, const RowMatrices& rows, float* sums) {
  RowProduct product{.a = rows.planes,
                     .a_stride = rows.stride,
                     .rows = filters.count,
                     .b = rows.columns,
                     .b_stride = rows.stride,
                     .columns = p.depth(),
                     .depth = ceil_div(tile.columns(), kRowLanes) * kRowLanes,
                     .c = sums,
                     .c_stride = p.depth()};
  if (!reads_planes(p, tile)) {
    lower(p, x, group, tile, rows.columns, rows.stride);
    join_planes(p, dy, filters, tile, rows.planes, rows.stride);
    clear_rest(rows.columns, p.depth(), rows.stride, tile.columns());
    clear_rest(rows.planes, filters.count, rows.stride, tile.columns());
    return row_kernels().multiply(product);
  }
  product.a_stride = product.b_stride = p.out_size();
  product.depth = tile.positions.count;
  for (std::int64_t i = 0; i < tile.images.count; ++i) {
    const std::int64_t image = tile.images.begin + i;
    const std::int64_t channel = image * p.channels + group * p.group_channels();
    const std::int64_t filter = image * p.filters + filters.begin;
    product.a = dy + filter * p.out_size() + tile.positions.begin;
    product.b = x + channel * p.in_size() + tile.positions.begin;
    row_kernels().multiply(product);
  }
}

void backward_weights(const ConvParams& p, const float* x, const float* dy, float* dweight) {
  const Tiling tiling(p);
  const std::int64_t size = p.filters * p.depth();
  const std::int64_t chunks =
      std::clamp<std::int64_t>(kPartialFloats / size, 1, std::min(tiling.count(), kMostChunks));
  const std::int64_t parts = row_parts(chunks * p.groups, p.group_filters());
  std::vector<float> partial(static_cast<std::size_t>(chunks * size));
  parallel_for(chunks * p.groups * parts, 1, [&](std::int64_t first, std::int64_t last) {
    const RowMatrices rows(p, tiling.most_columns());
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t group = task / parts % p.groups;
      Range filters = part_of(p.group_filters(), task % parts, parts);
      filters.begin += group * p.group_filters();
      const std::int64_t chunk = task / parts / p.groups;
      const Range tiles = part_of(tiling.count(), chunk, chunks);
      for (std::int64_t t = tiles.begin; t < tiles.begin + tiles.count; ++t) {
        add_weight_gradients(p, x, dy, group, filters, tiling.at(t), rows,
                             partial.data() + chunk * size + filters.begin * p.depth());
      }
    }
  });
  sum_partials(partial, chunks, size, dweight);
}

}  // namespace

ConvAlgorithm im2col_conv() {
  return {
      .name = "im2col",
      .supports = [](const ConvParams&, ConvPass) { return true; },
      .prefers = [](const ConvParams&, ConvPass, bool) { return true; },
      .prepared_size = nothing_prepared,
      .prepare = nullptr,
      .forward = forward,
      .backward_data = backward_data,
      .backward_weights = backward_weights,
      .tolerance = [](const ConvParams&) { return 1e-6; },
  };
}

}  // namespace cameo
