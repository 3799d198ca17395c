// Winograd convolution F(4x4,3x3) (Lavin & Gray 2016, Fast Algorithms for Convolutional Neural
// Networks): 36 products make 16 outputs of a 3x3 kernel, where 144 were needed. Tiles are worked
// on in blocks, so that what is transformed is used while it is in the cache. Every output is
// summed over the channels in their order, wherever its tile lies: its bits depend neither on
// threads nor on the rest of the batch.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/winograd_kernels.h"
#include "core/cpu/features.h"
#include "core/parallel.h"

namespace cameo {

namespace {

constexpr std::int64_t kTile = kWinogradTile;
constexpr std::int64_t kElements = std::int64_t{kWinogradPoints} * kWinogradPoints;
constexpr std::int64_t kFilters = kWinogradFilters;
constexpr std::int64_t kLanes = kWinogradLanes;
/// Transformed input of a block, in floats, and the tiles it has at least and at most.
constexpr std::int64_t kBlockFloats = std::int64_t{1} << 16;
constexpr std::int64_t kLeastTiles = 48;
constexpr std::int64_t kMostTiles = 128;
/// Filters whose products are made before they are transformed back: a multiple of kFilters.
constexpr std::int64_t kFilterBlock = 24;
/// Channels per pass of the product: their rows of one column of tiles stay in the first cache.
constexpr std::int64_t kDepthBlock = 256;
/// A pass with fewer tasks than this is split over filters too. Fixed, like every count here, so
/// that the bits do not depend on the thread count.
constexpr std::int64_t kFewTasks = 8;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
std::int64_t round_up(std::int64_t a, std::int64_t to) { return ceil_div(a, to) * to; }

struct Range {
  std::int64_t begin, count;
};

/// Part `index` of `count` of 0 … extent-1.
Range part_of(std::int64_t extent, std::int64_t index, std::int64_t count) {
  const std::int64_t begin = extent * index / count;
  return {.begin = begin, .count = extent * (index + 1) / count - begin};
}

const WinogradKernels& kernels() {
#if defined(__x86_64__)
  static const WinogradKernels& chosen =
      isa() == Isa::avx2 ? avx2::winograd_kernels : baseline::winograd_kernels;
  return chosen;
#else
  return baseline::winograd_kernels;
#endif
}

/// A correlation with stride 1 from one set of planes to another: the forward pass, or the gradient
/// of the data, which is one with the kernels turned and the roles of channels and filters swapped.
struct Pass {
  std::int64_t batch;
  std::int64_t channels, height, width;
  std::int64_t filters, out_height, out_width;
  std::int64_t pad_top, pad_left;
  std::int64_t filter_stride, channel_stride;  ///< floats between 3x3 kernels
  bool turned;

  std::int64_t tile_rows() const { return ceil_div(out_height, kTile); }
  std::int64_t tile_columns() const { return ceil_div(out_width, kTile); }
  std::int64_t panels() const { return ceil_div(filters, kFilters); }
};

Pass forward_pass(const ConvParams& p) {
  return {.batch = p.batch,
          .channels = p.channels,
          .height = p.height,
          .width = p.width,
          .filters = p.filters,
          .out_height = p.out_height,
          .out_width = p.out_width,
          .pad_top = p.pads[0],
          .pad_left = p.pads[1],
          .filter_stride = p.depth(),
          .channel_stride = p.taps(),
          .turned = false};
}

Pass backward_pass(const ConvParams& p) {
  return {.batch = p.batch,
          .channels = p.filters,
          .height = p.out_height,
          .width = p.out_width,
          .filters = p.channels,
          .out_height = p.height,
          .out_width = p.width,
          .pad_top = p.kernel[0] - 1 - p.pads[0],
          .pad_left = p.kernel[1] - 1 - p.pads[1],
          .filter_stride = p.taps(),
          .channel_stride = p.depth(),
          .turned = true};
}

/// How a pass is cut: rows of tiles, counted over the whole batch, into blocks; filters into parts.
struct Blocking {
  explicit Blocking(const Pass& pass)
      : rows(pass.batch * pass.tile_rows()), columns(pass.tile_columns()) {
    const std::int64_t tiles =
        std::clamp(kBlockFloats / (kElements * pass.channels), kLeastTiles, kMostTiles);
    blocks = std::max<std::int64_t>(rows * columns / tiles, 1);
    blocks = std::min(blocks < 8 ? blocks : blocks / 4 * 4, rows);
    parts = blocks < 8 ? std::min<std::int64_t>(4, pass.panels()) : 1;
    stride = (ceil_div(ceil_div(rows, blocks) * columns + kLanes - 1, kLanes) | 1) * kLanes;
  }

  std::int64_t rows, columns;
  std::int64_t blocks, parts;
  std::int64_t stride;  ///< floats between rows of transformed tiles
  /// Floats between the matrices of two elements. Both distances are an odd number of cache lines,
  /// so that rows and matrices do not meet in the same sets of a cache.
  std::int64_t plane(std::int64_t count) const { return (count * stride / kLanes | 1) * kLanes; }
};

/// The memory that a thread needs for one block.
struct Scratch {
  Scratch(const Pass& pass, const Blocking& b)
      : width(kTile * round_up(b.columns, kLanes) + kLanes) {
    const std::int64_t rows = std::min(ceil_div(b.rows, b.blocks), pass.tile_rows());
    work = (kTile * rows + 2) * width;
    inputs = round_up(work + kWinogradPoints * width, kLanes);
    products = inputs + kElements * b.plane(pass.channels);
    pixels = products + kElements * b.plane(kFilterBlock);
    size = pixels + kTile * kTile * b.stride;
  }

  // Where each part begins, in floats.
  std::int64_t padded = 0;  ///< rows of one input plane with their padding, `width` apart
  std::int64_t width;
  std::int64_t work;
  std::int64_t inputs;    ///< `[elements,channels,stride]`
  std::int64_t products;  ///< `[elements,kFilterBlock,stride]`
  std::int64_t pixels;    ///< four output rows of all tiles
  std::int64_t size;
};

std::int64_t transformed_size(const Pass& pass) {
  return pass.panels() * kFilters * kElements * pass.channels;
}

/// The kernels of `lanes` channels from `c` for one filter; zero for filters that pad a panel.
void gather_kernels(const Pass& pass, const float* weight, std::int64_t filter, std::int64_t c,
                    std::int64_t lanes, float* taps) {
  if (filter >= pass.filters) {
    std::fill_n(taps, lanes * 9, 0.0F);
    return;
  }
  for (std::int64_t i = 0; i < lanes; ++i) {
    const float* kernel = weight + filter * pass.filter_stride + (c + i) * pass.channel_stride;
    for (std::int64_t t = 0; t < 9; ++t) taps[i * 9 + t] = kernel[pass.turned ? 8 - t : t];
  }
}

/// Weights as multiply() wants them: `[panels,elements,channels,kFilters]`.
void transform_weights(const Pass& pass, const float* weight, float* u) {
  parallel_for(pass.panels(), 1, [&](std::int64_t first, std::int64_t last) {
    float taps[kLanes * 9] = {};
    float transformed[kFilters][kElements * kLanes];
    for (std::int64_t panel = first; panel < last; ++panel) {
      for (std::int64_t c = 0; c < pass.channels; c += kLanes) {
        const std::int64_t lanes = std::min(kLanes, pass.channels - c);
        for (std::int64_t f = 0; f < kFilters; ++f) {
          gather_kernels(pass, weight, panel * kFilters + f, c, lanes, taps);
          kernels().transform_weights(taps, transformed[f]);
        }
        for (std::int64_t e = 0; e < kElements; ++e) {
          float* to = u + ((panel * kElements + e) * pass.channels + c) * kFilters;
          for (std::int64_t i = 0; i < lanes; ++i) {
            for (std::int64_t f = 0; f < kFilters; ++f) {
              to[i * kFilters + f] = transformed[f][e * kLanes + i];
            }
          }
        }
      }
    }
  });
}

/// One block of one pass, in the memory of the calling thread.
class Block {
 public:
  Block(const Pass& pass, const Blocking& blocking, std::int64_t index, float* memory)
      : pass_(pass),
        scratch_(pass, blocking),
        memory_(memory),
        rows_(part_of(blocking.rows, index, blocking.blocks)),
        columns_(blocking.columns),
        stride_(blocking.stride),
        input_plane_(blocking.plane(pass.channels)),
        product_plane_(blocking.plane(kFilterBlock)) {}

  void transform_inputs(const float* x) const;
  void filter(Range panels, const float* u, const float* bias, float* y) const;

 private:
  /// Calls `visit(image, first row of tiles, count, tile)` for each image that the block touches;
  /// `tile` counts within the block.
  template <typename F>
  void for_each_image(F visit) const {
    const std::int64_t per_image = pass_.tile_rows();
    for (std::int64_t row = rows_.begin; row < rows_.begin + rows_.count;) {
      const std::int64_t count =
          std::min(rows_.begin + rows_.count - row, per_image - row % per_image);
      visit(row / per_image, row % per_image, count, (row - rows_.begin) * columns_);
      row += count;
    }
  }
  std::int64_t tiles() const { return rows_.count * columns_; }

  void multiply(Range panels, const float* u) const;
  void write_plane(std::int64_t filter, float* y) const;

  const Pass& pass_;
  Scratch scratch_;
  float* memory_;
  Range rows_;
  std::int64_t columns_, stride_, input_plane_, product_plane_;
};

void Block::transform_inputs(const float* x) const {
  const std::int64_t width = scratch_.width;
  for_each_image([&](std::int64_t image, std::int64_t row, std::int64_t count, std::int64_t tile) {
    float* padded = memory_ + scratch_.padded;
    std::fill_n(padded, (kTile * count + 2) * width, 0.0F);
    const std::int64_t top = row * kTile - pass_.pad_top;
    const std::int64_t begin = std::max<std::int64_t>(top, 0);
    const std::int64_t end = std::min(top + kTile * count + 2, pass_.height);
    for (std::int64_t c = 0; c < pass_.channels; ++c) {
      const float* plane = x + (image * pass_.channels + c) * pass_.height * pass_.width;
      for (std::int64_t y = begin; y < end; ++y) {
        std::copy_n(plane + y * pass_.width, pass_.width,
                    padded + (y - top) * width + pass_.pad_left);
      }
      float* to = memory_ + scratch_.inputs + c * stride_ + tile;
      for (std::int64_t i = 0; i < count; ++i) {
        kernels().transform_input(padded + i * kTile * width, width, columns_,
                                  memory_ + scratch_.work, to + i * columns_, input_plane_);
      }
    }
  });
}

/// Products of all elements for at most kFilterBlock filters.
void Block::multiply(Range panels, const float* u) const {
  for (std::int64_t e = 0; e < kElements; ++e) {
    const float* inputs = memory_ + scratch_.inputs + e * input_plane_;
    float* products = memory_ + scratch_.products + e * product_plane_;
    for (std::int64_t c = 0; c < pass_.channels; c += kDepthBlock) {
      const std::int64_t depth = std::min(kDepthBlock, pass_.channels - c);
      for (std::int64_t t = 0; t < tiles(); t += kLanes) {
        for (std::int64_t i = 0; i < panels.count; ++i) {
          const float* factors =
              u + (((panels.begin + i) * kElements + e) * pass_.channels + c) * kFilters;
          kernels().multiply(factors, inputs + c * stride_ + t, stride_, depth,
                             std::min(kLanes, tiles() - t), c > 0,
                             products + i * kFilters * stride_ + t, stride_);
        }
      }
    }
  }
}

/// Output rows of tiles that lie side by side, to the pictures they belong to.
void Block::write_plane(std::int64_t filter, float* y) const {
  const float* pixels = memory_ + scratch_.pixels;
  for_each_image([&](std::int64_t image, std::int64_t row, std::int64_t count, std::int64_t tile) {
    float* plane = y + (image * pass_.filters + filter) * pass_.out_height * pass_.out_width;
    const std::int64_t lines = std::min(count * kTile, pass_.out_height - row * kTile);
    for (std::int64_t line = 0; line < lines; ++line) {
      std::copy_n(
          pixels + line % kTile * kTile * stride_ + (tile + line / kTile * columns_) * kTile,
          pass_.out_width, plane + (row * kTile + line) * pass_.out_width);
    }
  });
}

void Block::filter(Range panels, const float* u, const float* bias, float* y) const {
  constexpr std::int64_t kPanels = kFilterBlock / kFilters;
  for (std::int64_t i = 0; i < panels.count; i += kPanels) {
    const Range some{.begin = panels.begin + i, .count = std::min(kPanels, panels.count - i)};
    multiply(some, u);
    const std::int64_t first = some.begin * kFilters;
    const std::int64_t last = std::min(first + some.count * kFilters, pass_.filters);
    for (std::int64_t f = first; f < last; ++f) {
      kernels().transform_output(memory_ + scratch_.products + (f - first) * stride_,
                                 product_plane_, tiles(), bias == nullptr ? 0.0F : bias[f],
                                 memory_ + scratch_.pixels, kTile * stride_);
      write_plane(f, y);
    }
  }
}

/// `u` is what transform_weights() made.
void convolve(const Pass& pass, const float* x, const float* u, const float* bias, float* y) {
  const Blocking blocking(pass);
  const std::int64_t floats = Scratch(pass, blocking).size;
  parallel_for(blocking.blocks * blocking.parts, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(floats).data();
    for (std::int64_t task = first; task < last; ++task) {
      const Block block(pass, blocking, task / blocking.parts, memory);
      const std::int64_t part = task % blocking.parts;
      if (task == first || part == 0) block.transform_inputs(x);
      block.filter(part_of(pass.panels(), part, blocking.parts), u, bias, y);
    }
  });
}

void run(const Pass& pass, const float* x, const float* weight, const float* bias, float* y) {
  float* u = shared_workspace(transformed_size(pass)).data();
  transform_weights(pass, weight, u);
  convolve(pass, x, u, bias, y);
}

void forward(const ConvParams& p, const float* x, const float* weight, const float* bias,
             float* y) {
  run(forward_pass(p), x, weight, bias, y);
}

void backward_data(const ConvParams& p, const float* weight, const float* dy, float* dx) {
  run(backward_pass(p), dy, weight, nullptr, dx);
}

bool supports(const ConvParams& p) {
  return p.kernel[0] == 3 && p.kernel[1] == 3 && p.strides[0] == 1 && p.strides[1] == 1 &&
         p.dilations[0] == 1 && p.dilations[1] == 1 && p.groups == 1 &&
         std::all_of(p.pads.begin(), p.pads.end(), [](auto pad) { return pad <= 2; });
}

/// Measured on Zen 3: with fewer tiles transforming the weights, and with fewer planes transforming
/// the tiles, costs more than the products save.
bool prefers(const ConvParams& p) {
  constexpr std::int64_t kFewTiles = 32;
  constexpr std::int64_t kFewPlanes = 16;
  const Pass pass = forward_pass(p);
  return p.batch * pass.tile_rows() * pass.tile_columns() >= kFewTiles &&
         p.channels >= kFewPlanes && p.filters >= kFewPlanes;
}

}  // namespace

ConvAlgorithm winograd_conv() {
  return {
      .name = "winograd",
      .supports = supports,
      .prefers = prefers,
      .forward = forward,
      .backward_data = backward_data,
      .backward_weights = im2col_conv().backward_weights,
      .tolerance = [](const ConvParams&) { return 1e-5; },
  };
}

}  // namespace cameo
