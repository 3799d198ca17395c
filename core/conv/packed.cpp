// Convolution as a matrix product whose columns are never written out: the part that a thread is
// about to multiply is packed straight into the product's panels (as in Chetlur et al. 2014, cuDNN:
// Efficient Primitives for Deep Learning). Every output is summed over channels and taps in their
// order, wherever its column lies: its bits depend neither on threads nor on the rest of the batch.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/copy_row.h"
#include "core/conv/packed_product.h"
#include "core/gemm/panel_kernels.h"
#include "core/parallel.h"

namespace cameo {

namespace {

using namespace packed;

constexpr std::int64_t kColumns = kPanelColumns;
/// Floats of all panels of a block, which stay in the second cache.
constexpr std::int64_t kBlockFloats = 7 * kColumns * kDepth;
/// Most panels of a block: those of 64 rows or more fill kBlockFloats.
constexpr std::int64_t kMostPanels = 26;
/// A pass with fewer blocks than this is split over filters too, into parts of this many panels
/// or more.
constexpr std::int64_t kFewTasks = 8;
constexpr std::int64_t kPartPanels = 2;

/// A number of tasks, lowered so that 2 or 4 threads get the same number.
std::int64_t even_tasks(std::int64_t most) {
  if (most >= 4) return most / 4 * 4;
  return most == 3 ? 2 : most;
}

/// How a pass is cut; from the extents alone.
struct Plan {
  explicit Plan(const Correlation& c)
      : rows(panel_kernels().rows),
        row_panels(ceil_div(c.filters, rows)),
        depth_blocks(depth_blocks_of(c)),
        most_depth(ceil_div(c.channels, depth_blocks) * c.taps()),
        panels(ceil_div(c.columns(), kColumns)) {
    const std::int64_t wanted =
        std::clamp<std::int64_t>(kBlockFloats / (most_depth * kColumns), 2, kMostPanels);
    blocks = ceil_div(panels, wanted);
    // So that 2 or 4 threads get the same number.
    if (blocks > 2) blocks = std::min(panels, ceil_div(blocks, 4) * 4);
    parts = even_tasks(std::clamp<std::int64_t>(row_panels / kPartPanels, 1,
                                                ceil_div(kFewTasks, blocks * c.groups)));
  }
  Range columns(const Correlation& c, std::int64_t block) const {
    const Range some = part_of(panels, block, blocks);
    const std::int64_t begin = some.begin * kColumns;
    return {.begin = begin, .count = std::min(some.count * kColumns, c.columns() - begin)};
  }
  std::int64_t most_panels() const { return ceil_div(panels, blocks); }
  /// Floats between panels of columns: an odd number of cache lines, so that they do not meet in
  /// the same sets of a cache, with room for what packing writes behind them.
  std::int64_t panel_stride() const { return most_depth * kColumns + kPanelLanes; }

  std::int64_t rows, row_panels, depth_blocks, most_depth, panels, blocks, parts;
};

/// One block of columns and some panels of filters, in the memory of the calling thread: lines of
/// the input, panels of columns and tiles of sums `[panels,row panels,rows,kColumns]`.
class Block {
 public:
  static std::int64_t floats(const Correlation& c, const Plan& plan) {
    return packer_floats(c, plan) + plan.most_panels() * plan.panel_stride() +
           plan.most_panels() * plan.row_panels * plan.rows * kColumns;
  }

  Block(const Correlation& c, const Plan& plan, Range columns, float* memory)
      : c_(c),
        plan_(plan),
        columns_(columns),
        places_(places_of(c, columns)),
        packer_(c, columns, plan.panel_stride(), memory),
        panels_(memory + packer_floats(c, plan)),
        sums_(panels_ + plan.most_panels() * plan.panel_stride()) {}

  void run(const float* x, const float* weights, std::int64_t group, Range rows,
           const ConvEpilogue& epilogue, float* y) const {
    std::int64_t first_row = 0;
    for (std::int64_t d = 0; d < plan_.depth_blocks; ++d) {
      const Range channels = part_of(c_.channels, d, plan_.depth_blocks);
      const std::int64_t depth = channels.count * c_.taps();
      packer_.pack(x, group, channels, panels_);
      const float* planes = x + (group * c_.channels + channels.begin) * c_.in_size();
      for (std::int64_t i = 0; i < rows.count; ++i) {
        const float* factors =
            weights + (first_row * plan_.row_panels + (rows.begin + i) * depth) * plan_.rows;
        if (d < plan_.depth_blocks - 1) {
          multiply(factors, planes, depth, i, d > 0);
        } else {
          finish(factors, planes, depth, i, {.group = group, .row_panel = rows.begin + i}, epilogue,
                 y);
        }
      }
      first_row += depth;
    }
  }

 private:
  static std::int64_t packer_floats(const Correlation& c, const Plan& plan) {
    return ceil_div(ColumnPacker::floats(c, plan.most_panels() * kColumns), kColumns) * kColumns;
  }
  std::int64_t width(std::int64_t panel) const {
    return places_[static_cast<std::size_t>(panel)].count;
  }
  float* tile(std::int64_t panel, std::int64_t row_panel) const {
    return sums_ + (panel * plan_.row_panels + row_panel) * plan_.rows * kColumns;
  }

  /// Where a tile of outputs lies: its picture, the first filter's position, the columns it has,
  /// and whether they fill it and lie in one picture.
  struct Place {
    std::int64_t image, position, offset, count;
    bool whole;
  };
  static std::vector<Place> places_of(const Correlation& c, Range columns) {
    std::vector<Place> places;
    const std::int64_t size = c.out_size();
    const std::int64_t end = columns.begin + columns.count;
    for (std::int64_t at = columns.begin; at < end; at += kColumns) {
      const std::int64_t image = at / c.pitch();
      const std::int64_t position = at % c.pitch();
      const std::int64_t rest = c.pitch() == size ? end - at : size - position;
      places.push_back({.image = image,
                        .position = position,
                        .offset = image * c.groups * c.filters * size + position,
                        .count = std::min(kColumns, rest),
                        .whole = std::min(size - position, rest) >= kColumns});
    }
    return places;
  }

  /// The columns of panel j for panel i of the filters: the first packs what lies in planes as it
  /// is.
  PanelColumns panel(const float* planes, std::int64_t j, std::int64_t i) const {
    float* const packed = panels_ + j * plan_.panel_stride();
    const Place& place = places_[static_cast<std::size_t>(j)];
    if (i > 0 || !place.whole || !c_.plain_panels()) return {.data = packed, .stride = kColumns};
    return {.data = planes + place.image * c_.groups * c_.channels * c_.in_size() + place.position,
            .stride = c_.in_size(),
            .packed = packed};
  }
  /// A panel of filters.
  struct Filters {
    std::int64_t group, row_panel;
  };

  void multiply(const float* factors, const float* planes, std::int64_t depth, std::int64_t i,
                bool accumulate) const {
    for (std::int64_t j = 0; j * kColumns < columns_.count; ++j) {
      kernels_.multiply(factors, panel(planes, j, i), depth, width(j), accumulate, tile(j, i),
                        kColumns);
    }
  }
  /// What a tile is the sum of.
  struct Products {
    const float* factors;
    PanelColumns panel;
    std::int64_t depth, columns;
    const float* sums;  ///< of earlier products, or null

    void finish(const PanelKernels& kernels, const TileFinish& tile) const {
      kernels.multiply_finish(factors, panel, depth, columns, sums, tile);
    }
  };
  void finish(const float* factors, const float* planes, std::int64_t depth, std::int64_t i,
              const Filters& filters, const ConvEpilogue& epilogue, float* y) const;
  void finish_cut_tile(const Products& products, const TileFinish& tile,
                       std::int64_t position) const;

  const Correlation& c_;
  const Plan& plan_;
  const PanelKernels& kernels_ = panel_kernels();
  Range columns_;
  std::vector<Place> places_;
  ColumnPacker packer_;
  float* panels_;
  float* sums_;
};

/// The last products and the outputs of one panel of filters.
void Block::finish(const float* factors, const float* planes, std::int64_t depth, std::int64_t i,
                   const Filters& filters, const ConvEpilogue& epilogue, float* y) const {
  const std::int64_t first = filters.row_panel * plan_.rows;
  const std::int64_t filter = filters.group * c_.filters + first;
  const std::int64_t size = c_.out_size();
  const float* residual = epilogue.residual.empty() ? nullptr : epilogue.residual.data();
  TileFinish tile{.scale = epilogue.scale.empty() ? nullptr : epilogue.scale.data() + filter,
                  .bias = epilogue.bias.empty() ? nullptr : epilogue.bias.data() + filter,
                  .residual = nullptr,
                  .low = epilogue.low,
                  .high = epilogue.high,
                  .rows = std::min(plan_.rows, c_.filters - first),
                  .to = nullptr,
                  .stride = size};
  for (std::int64_t j = 0; j * kColumns < columns_.count; ++j) {
    const Products products{.factors = factors,
                            .panel = panel(planes, j, i),
                            .depth = depth,
                            .columns = width(j),
                            .sums = plan_.depth_blocks > 1 ? this->tile(j, i) : nullptr};
    const Place& place = places_[static_cast<std::size_t>(j)];
    const std::int64_t at = filter * size + place.offset;
    if (residual != nullptr) tile.residual = residual + at;
    tile.to = y + at;
    if (place.whole) {
      products.finish(kernels_, tile);
    } else {
      finish_cut_tile(products, tile, place.position);
    }
  }
}

/// A tile that is cut off, or reaches from one picture into others: made apart, then copied. Its
/// first column is `position` of a picture.
void Block::finish_cut_tile(const Products& products, const TileFinish& tile,
                            std::int64_t position) const {
  const std::int64_t size = c_.out_size();
  const std::int64_t image = c_.groups * c_.filters * size;
  const auto for_each_run = [&](auto visit) {
    std::int64_t from = 0;
    for (std::int64_t n = 0; n < products.columns;) {
      const std::int64_t count = std::min(products.columns - n, size - (position + n) % size);
      for (std::int64_t r = 0; r < tile.rows; ++r) visit(from + r * size, r * kColumns + n, count);
      n += count;
      from += count + image - size;
    }
  };
  float gathered[kMostPanelRows * kColumns];
  float finished[kMostPanelRows * kColumns];
  TileFinish apart = tile;
  apart.to = finished;
  apart.stride = kColumns;
  if (tile.residual != nullptr) {
    std::fill(std::begin(gathered), std::end(gathered), 0.0F);
    for_each_run([&](std::int64_t at, std::int64_t n, std::int64_t count) {
      copy_row(tile.residual + at, count, gathered + n);
    });
    apart.residual = gathered;
  }
  products.finish(kernels_, apart);
  for_each_run([&](std::int64_t at, std::int64_t n, std::int64_t count) {
    copy_row(finished + n, count, tile.to + at);
  });
}

}  // namespace

void packed::correlate(const Correlation& c, const float* x, const float* weights,
                       const ConvEpilogue& epilogue, float* y) {
  const Plan plan(c);
  parallel_for(c.groups * plan.blocks * plan.parts, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(Block::floats(c, plan)).data();
    for (std::int64_t task = first; task < last;) {
      // Parts of one block that fall to one thread share the packed columns.
      const std::int64_t next = std::min(last, (task / plan.parts + 1) * plan.parts);
      const Range begin = part_of(plan.row_panels, task % plan.parts, plan.parts);
      const Range end = part_of(plan.row_panels, (next - 1) % plan.parts, plan.parts);
      const std::int64_t group = task / plan.parts / plan.blocks;
      const Block block(c, plan, plan.columns(c, task / plan.parts % plan.blocks), memory);
      block.run(x, weights + group * plan.row_panels * plan.rows * c.depth(), group,
                {.begin = begin.begin, .count = end.begin + end.count - begin.begin}, epilogue, y);
      task = next;
    }
  });
}

std::int64_t packed::packed_size(const Correlation& c) {
  const std::int64_t rows = panel_kernels().rows;
  return c.groups * ceil_div(c.filters, rows) * rows * c.depth() + kPanelSlack;
}

namespace {

/// Some channels of one panel of `rows` filters, `[depth,rows]`; those behind the last are zero.
void pack_panel(const Correlation& c, const float* filters, std::int64_t count, std::int64_t rows,
                Range channels, float* to) {
  for (std::int64_t i = 0; i < channels.count; ++i) {
    const float* kernel = filters + (channels.begin + i) * c.channel_stride;
    for (std::int64_t t = 0; t < c.taps(); ++t, to += rows) {
      const float* tap = kernel + (c.turned ? c.taps() - 1 - t : t);
      for (std::int64_t r = 0; r < count; ++r) to[r] = tap[r * c.filter_stride];
      for (std::int64_t r = count; r < rows; ++r) to[r] = 0.0F;
    }
  }
}

}  // namespace

/// Panels of filters in the order that they are read in: `[groups,depth blocks,panels,depth of the
/// block,rows]`.
void packed::pack_weights(const Correlation& c, const float* weight, float* packed) {
  const std::int64_t rows = panel_kernels().rows;
  const std::int64_t row_panels = ceil_div(c.filters, rows);
  const std::int64_t depth_blocks = depth_blocks_of(c);
  const std::int64_t group_size = c.filters * c.depth();
  parallel_for(c.groups * row_panels, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t group = i / row_panels;
      const std::int64_t panel = i % row_panels;
      const float* filters = weight + group * group_size + panel * rows * c.filter_stride;
      float* to = packed + group * row_panels * rows * c.depth();
      for (std::int64_t d = 0; d < depth_blocks; ++d) {
        const Range channels = part_of(c.channels, d, depth_blocks);
        const std::int64_t block = channels.count * c.taps() * rows;
        pack_panel(c, filters, std::min(rows, c.filters - panel * rows), rows, channels,
                   to + panel * block);
        to += row_panels * block;
      }
    }
  });
}

namespace {

void run(const Correlation& c, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
         float* y) {
  if (weights.prepared != nullptr) return correlate(c, x, weights.prepared, epilogue, y);
  float* prepared = shared_workspace(packed_size(c)).data();
  pack_weights(c, weights.stored, prepared);
  correlate(c, x, prepared, epilogue, y);
}

void forward(const ConvParams& p, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
             float* y) {
  run(correlation_of(p, ConvPass::kForward), x, weights, epilogue, y);
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  run(correlation_of(p, ConvPass::kBackwardData), dy, weights, {}, dx);
}

/// Lines of the input are copied whole, so that windows and strides far beyond any network's would
/// take memory without bound.
bool supports(const ConvParams& p, ConvPass pass) {
  constexpr std::int64_t kMostWindow = 256;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if ((p.kernel[axis] - 1) * p.dilations[axis] >= kMostWindow || p.strides[axis] > kMostWindow) {
      return false;
    }
  }
  const bool unit_strides = p.strides[0] == 1 && p.strides[1] == 1;
  return pass == ConvPass::kForward || (pass == ConvPass::kBackwardData && unit_strides);
}

/// Panels that few filters leave almost empty cost more than writing the columns out.
bool prefers(const ConvParams& p, ConvPass pass, bool) {
  return correlation_of(p, pass).filters >= 4;
}

}  // namespace

ConvAlgorithm packed_conv() {
  return {
      .name = "packed",
      .supports = supports,
      .prefers = prefers,
      .prepared_size = [](const ConvParams& p,
                          ConvPass pass) { return packed_size(correlation_of(p, pass)); },
      .prepare = [](const ConvParams& p, ConvPass pass, const float* weight,
                    float* prepared) { pack_weights(correlation_of(p, pass), weight, prepared); },
      .forward = forward,
      .backward_data = backward_data,
      .backward_weights = nullptr,
      .tolerance = [](const ConvParams&) { return 1e-6; },
  };
}

}  // namespace cameo
