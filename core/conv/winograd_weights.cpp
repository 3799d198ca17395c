// The gradient of Winograd's weights: the forward pass's steps transposed. Gradients and inputs are
// transformed, multiplied over the tiles, and the sums brought back to kernels.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/winograd_passes.h"
#include "core/conv/winograd_tiles.h"
#include "core/gemm/row_kernels.h"
#include "core/parallel.h"

namespace cameo::winograd {

namespace {

/// Tiles of a block: enough to pay for adding up the lanes of a sum at its end.
constexpr std::int64_t kBlockTiles = 192;
/// Filters whose gradients are transformed at once.
constexpr std::int64_t kFilterBlock = 96;
/// Most partial sums, and the most floats they may take together. Fixed, like every count here, so
/// that the bits do not depend on the thread count.
constexpr std::int64_t kMostChunks = 8;
constexpr std::int64_t kPartialFloats = std::int64_t{1} << 23;

/// Sums over tiles, `[elements,filters,depth]` with both rounded up for the kernels.
struct Sums {
  explicit Sums(const Correlation& c)
      : row(round_up(c.depth(), kLanes)),
        matrix(round_up(c.filters, kFilterBlock) * row),
        size(c.form->elements() * matrix) {}
  std::int64_t row, matrix, size;
};

/// The memory of one thread.
struct Scratch {
  Scratch(const Correlation& c, const Tiling& tiling, float* memory)
      : work(memory),
        inputs{.data = memory + round_up(tiling.work_size(std::max(c.width, c.out_width)), kLanes),
               .matrix = tiling.matrix(c.depth()),
               .stride = tiling.stride()},
        grads{.data = inputs.data + c.form->elements() * inputs.matrix,
              .matrix = tiling.matrix(kFilterBlock),
              .stride = tiling.stride()},
        size(grads.data - memory + c.form->elements() * grads.matrix) {}
  float* work;
  Matrices inputs, grads;
  std::int64_t size;  ///< floats
};

/// Kernels multiply whole registers: the tiles that round a block up are zero.
void clear_rest(const Correlation& pass, const Matrices& m, std::int64_t planes,
                std::int64_t tiles) {
  for (std::int64_t e = 0; e < pass.form->elements(); ++e) {
    for (std::int64_t c = 0; c < planes; ++c) {
      std::fill(m.data + e * m.matrix + c * m.stride + tiles,
                m.data + e * m.matrix + c * m.stride + round_up(tiles, kLanes), 0.0F);
    }
  }
}

void transform_grads(const Correlation& c, const Tiling& tiling, Range block, Range filters,
                     const float* dy, const Scratch& scratch) {
  const Planes planes{.data = dy,
                      .batch = c.batch,
                      .count = c.filters,
                      .height = c.out_height,
                      .width = c.out_width,
                      .top = 0,
                      .left = 0};
  transform_planes(tiling, block, planes, filters, c.form->transform_grad, scratch.work,
                   scratch.grads);
  clear_rest(c, scratch.grads, filters.count, block.count * tiling.columns());
}

/// Adds one block's products to `sums`, which begin with the first of `filters`.
void add_products(const Correlation& pass, const Sums& extents, Range filters, std::int64_t tiles,
                  const Scratch& scratch, float* sums) {
  for (std::int64_t e = 0; e < pass.form->elements(); ++e) {
    row_kernels().multiply({.a = scratch.grads.data + e * scratch.grads.matrix,
                            .a_stride = scratch.grads.stride,
                            .rows = filters.count,
                            .b = scratch.inputs.data + e * scratch.inputs.matrix,
                            .b_stride = scratch.inputs.stride,
                            .columns = pass.depth(),
                            .depth = round_up(tiles, kRowLanes),
                            .c = sums + e * extents.matrix,
                            .c_stride = extents.row});
  }
}

/// Sums of some groups of kFilterBlock filters over some blocks.
void add_chunk(const Correlation& c, const Tiling& tiling, Range blocks, Range groups,
               const float* x, const float* dy, const Scratch& scratch, float* sums) {
  const Sums extents(c);
  const std::int64_t row = kFilterBlock * extents.row;
  for (std::int64_t e = 0; e < c.form->elements(); ++e) {
    std::fill_n(sums + e * extents.matrix + groups.begin * row, groups.count * row, 0.0F);
  }
  for (std::int64_t b = blocks.begin; b < blocks.begin + blocks.count; ++b) {
    const Range block = tiling.block(b);
    transform_inputs(c, tiling, block, x, scratch.work, scratch.inputs);
    clear_rest(c, scratch.inputs, c.depth(), block.count * tiling.columns());
    for (std::int64_t g = groups.begin; g < groups.begin + groups.count; ++g) {
      const std::int64_t f = g * kFilterBlock;
      const Range filters{.begin = f, .count = std::min(kFilterBlock, c.filters - f)};
      transform_grads(c, tiling, block, filters, dy, scratch);
      add_products(c, extents, filters, block.count * tiling.columns(), scratch, sums + g * row);
    }
  }
}

/// Parts of one filter's kernels, from number c on, to where they lie in the kernels.
void scatter_kernels(const Correlation& pass, const float* taps, std::int64_t c, std::int64_t count,
                     float* kernels) {
  const std::int64_t side = pass.form->taps;
  for (std::int64_t i = 0; i < count;) {
    const KernelPart part(pass, (c + i) / pass.channels);
    std::int64_t channel = (c + i) % pass.channels;
    for (; i < count && channel < pass.channels; ++i, ++channel) {
      float* kernel =
          kernels + channel * pass.channel_stride + part.top * pass.kernel_width + part.left;
      const float* from = taps + i * side * side;
      for (std::int64_t y = 0; y < part.height; ++y) {
        for (std::int64_t x = 0; x < part.width; ++x) {
          kernel[y * pass.kernel_width + x] = from[y * side + x];
        }
      }
    }
  }
}

/// Adds up the chunks in order and brings them back to kernels.
void finish(const Correlation& pass, const Sums& extents, std::int64_t chunks, const float* sums,
            float* dweight) {
  parallel_for(pass.filters, 1, [&](std::int64_t first, std::int64_t last) {
    float total[kMostWinogradElements * kLanes];
    float taps[kLanes * kMostWinogradTaps];
    for (std::int64_t f = first; f < last; ++f) {
      for (std::int64_t c = 0; c < pass.depth(); c += kLanes) {
        for (std::int64_t e = 0; e < pass.form->elements(); ++e) {
          const float* from = sums + e * extents.matrix + f * extents.row + c;
          std::copy_n(from, kLanes, total + e * kLanes);
          for (std::int64_t chunk = 1; chunk < chunks; ++chunk) {
            for (std::int64_t i = 0; i < kLanes; ++i) {
              total[e * kLanes + i] += from[chunk * extents.size + i];
            }
          }
        }
        pass.form->gather_weights(total, kLanes, taps);
        scatter_kernels(pass, taps, c, std::min(kLanes, pass.depth() - c),
                        dweight + f * pass.filter_stride);
      }
    }
  });
}

}  // namespace

void correlate_weights(const ConvParams& p, const float* x, const float* dy, float* dweight) {
  const Correlation c = forward_correlation(p);
  const Tiling tiling(c, kBlockTiles);
  const Sums extents(c);
  const std::int64_t floats = Scratch(c, tiling, nullptr).size;
  const std::int64_t chunks = std::clamp<std::int64_t>(kPartialFloats / extents.size, 1,
                                                       std::min(tiling.blocks(), kMostChunks));
  const std::int64_t groups = ceil_div(c.filters, kFilterBlock);
  const std::int64_t parts = std::min(ceil_div(kMostChunks, chunks), groups);
  float* sums = shared_workspace(chunks * extents.size).data();
  parallel_for(chunks * parts, 1, [&](std::int64_t first, std::int64_t last) {
    const Scratch scratch(c, tiling, thread_workspace(floats).data());
    for (std::int64_t task = first; task < last;) {
      // Parts of one chunk that fall to one thread share the transformed inputs.
      const std::int64_t chunk = task / parts;
      const std::int64_t next = std::min(last, (chunk + 1) * parts);
      const std::int64_t group = part_of(groups, task % parts, parts).begin;
      const Range end = part_of(groups, (next - 1) % parts, parts);
      add_chunk(c, tiling, part_of(tiling.blocks(), chunk, chunks),
                {.begin = group, .count = end.begin + end.count - group}, x, dy, scratch,
                sums + chunk * extents.size);
      task = next;
    }
  });
  finish(c, extents, chunks, sums, dweight);
}

}  // namespace cameo::winograd
