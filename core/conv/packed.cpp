// Convolution as a matrix product whose columns are never written out: the part that a thread is
// about to multiply is packed straight into the product's panels (as in Chetlur et al. 2014, cuDNN:
// Efficient Primitives for Deep Learning). Every output is summed over channels and taps in their
// order, in two halves where many channels become few, wherever its column lies: its bits depend
// neither on threads nor on the rest of the batch.
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
        halves(in_halves(c) ? 2 : 1),
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

  /// Floats of the sums of one block of columns `[halves,panels,row panels,rows,kColumns]`.
  std::int64_t sums() const { return halves * most_panels() * row_panels * rows * kColumns; }

  std::int64_t rows, row_panels, depth_blocks, most_depth, halves, panels, blocks, parts;
};

/// A panel of filters.
struct Filters {
  std::int64_t group, row_panel;
};
/// Some panels of a group's filters, and some parts of its channels.
struct Share {
  std::int64_t group;
  Range rows, parts;
};

/// One block of columns: lines of the input and panels of columns, in the memory of the calling
/// thread, and tiles of sums.
class Block {
 public:
  static std::int64_t floats(const Correlation& c, const Plan& plan) {
    return panels_floats(c, plan) + plan.sums();
  }
  /// Without memory for sums.
  static std::int64_t panels_floats(const Correlation& c, const Plan& plan) {
    return packer_floats(c, plan) + plan.most_panels() * plan.panel_stride();
  }

  Block(const Correlation& c, const Plan& plan, Range columns, float* memory, float* sums)
      : c_(c),
        plan_(plan),
        columns_(columns),
        places_(places_of(c, columns)),
        packer_(c, columns, plan.panel_stride(), memory),
        panels_(memory + packer_floats(c, plan)),
        sums_(sums) {}

  /// The products of some panels of filters. With all parts of the channels their outputs are
  /// written, with a half's the sums alone.
  void run(const float* x, const float* weights, const Share& share, const ConvEpilogue& epilogue,
           float* y) const {
    const auto [group, rows, parts] = share;
    std::int64_t first_row =
        part_of(c_.channels, parts.begin, plan_.depth_blocks).begin * c_.taps();
    for (std::int64_t d = parts.begin; d < parts.begin + parts.count; ++d) {
      const Range channels = part_of(c_.channels, d, plan_.depth_blocks);
      const std::int64_t depth = channels.count * c_.taps();
      packer_.pack(x, group, channels, panels_);
      const float* planes = x + (group * c_.channels + channels.begin) * c_.in_size();
      const bool last = parts.count == plan_.depth_blocks && d == plan_.depth_blocks - 1;
      for (std::int64_t i = 0; i < rows.count; ++i) {
        const Filters filters{.group = group, .row_panel = rows.begin + i};
        const float* factors =
            weights + (first_row * plan_.row_panels + filters.row_panel * depth) * plan_.rows;
        if (last) {
          finish(factors, planes, depth, i, filters, epilogue, y);
        } else {
          multiply(factors, planes, depth, i, filters, d);
        }
      }
      first_row += depth;
    }
  }
  /// The outputs of sums that run() left for both halves.
  void finish_sums(const Share& share, const ConvEpilogue& epilogue, float* y) const {
    for (std::int64_t i = 0; i < share.rows.count; ++i) {
      const Filters filters{.group = share.group, .row_panel = share.rows.begin + i};
      finish(nullptr, nullptr, 0, 1, filters, epilogue, y);
    }
  }

 private:
  static std::int64_t packer_floats(const Correlation& c, const Plan& plan) {
    return ceil_div(ColumnPacker::floats(c, plan.most_panels() * kColumns), kColumns) * kColumns;
  }
  std::int64_t width(std::int64_t panel) const {
    return places_[static_cast<std::size_t>(panel)].count;
  }
  float* tile(std::int64_t half, std::int64_t panel, std::int64_t row_panel) const {
    return sums_ + ((half * plan_.most_panels() + panel) * plan_.row_panels + row_panel) *
                       plan_.rows * kColumns;
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
  /// The products with part `d` of the channels, and panel i of those to be done.
  void multiply(const float* factors, const float* planes, std::int64_t depth, std::int64_t i,
                const Filters& filters, std::int64_t d) const {
    const std::int64_t each = plan_.depth_blocks / plan_.halves;
    for (std::int64_t j = 0; j * kColumns < columns_.count; ++j) {
      kernels_.multiply(factors, panel(planes, j, i), depth, width(j), d % each > 0,
                        tile(d / each, j, filters.row_panel), kColumns);
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
  const bool earlier = depth == 0 || plan_.depth_blocks > plan_.halves;
  for (std::int64_t j = 0; j * kColumns < columns_.count; ++j) {
    const Products products{
        .factors = factors,
        .panel = panel(planes, j, i),
        .depth = depth,
        .columns = width(j),
        .sums = earlier ? this->tile(plan_.halves - 1, j, filters.row_panel) : nullptr};
    if (plan_.halves > 1) tile.addend = this->tile(0, j, filters.row_panel);
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

/// Threads share out halves of the channels, then panels of filters: each packs and reads half of
/// the input, that which it wrote itself if it made half of the filters of the convolution before.
void correlate_halves(const Correlation& c, const Plan& plan, const float* x, const float* weights,
                      const ConvEpilogue& epilogue, float* y) {
  const Range columns = plan.columns(c, 0);
  float* const sums = sums_workspace(plan.sums()).data();
  const std::int64_t parts =
      std::min(plan.row_panels, std::max<std::int64_t>(max_threads() / 2, 1));
  const std::int64_t each = plan.depth_blocks / 2;
  parallel_for(2 * parts, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(Block::panels_floats(c, plan)).data();
    const Block block(c, plan, columns, memory, sums);
    for (std::int64_t task = first; task < last; ++task) {
      block.run(x, weights,
                {.group = 0,
                 .rows = part_of(plan.row_panels, task % parts, parts),
                 .parts = {.begin = task / parts * each, .count = each}},
                epilogue, y);
    }
  });
  parallel_for(plan.row_panels, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(Block::panels_floats(c, plan)).data();
    const Block block(c, plan, columns, memory, sums);
    const Range rows{.begin = first, .count = last - first};
    block.finish_sums({.group = 0, .rows = rows, .parts = {}}, epilogue, y);
  });
}

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

void packed::correlate(const Correlation& c, const float* x, const float* weights,
                       const ConvEpilogue& epilogue, float* y) {
  const Plan plan(c);
  if (plan.halves > 1 && plan.blocks == 1 && c.groups == 1 && max_threads() > 1) {
    return correlate_halves(c, plan, x, weights, epilogue, y);
  }
  parallel_for(c.groups * plan.blocks * plan.parts, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(Block::floats(c, plan)).data();
    float* sums = memory + Block::panels_floats(c, plan);
    for (std::int64_t task = first; task < last;) {
      // Parts of one block that fall to one thread share the packed columns.
      const std::int64_t next = std::min(last, (task / plan.parts + 1) * plan.parts);
      const Range begin = part_of(plan.row_panels, task % plan.parts, plan.parts);
      const Range end = part_of(plan.row_panels, (next - 1) % plan.parts, plan.parts);
      const std::int64_t group = task / plan.parts / plan.blocks;
      const Block block(c, plan, plan.columns(c, task / plan.parts % plan.blocks), memory, sums);
      const Range rows{.begin = begin.begin, .count = end.begin + end.count - begin.begin};
      const Range all{.begin = 0, .count = plan.depth_blocks};
      block.run(x, weights + group * plan.row_panels * plan.rows * c.depth(),
                {.group = group, .rows = rows, .parts = all}, epilogue, y);
      task = next;
    }
  });
}

std::int64_t packed::packed_size(const Correlation& c) {
  const std::int64_t rows = panel_kernels().rows;
  return c.groups * ceil_div(c.filters, rows) * rows * c.depth() + kPanelSlack;
}

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
