// Winograd's forward pass and the gradient of its data: weights and tiles are transformed,
// multiplied element by element as matrices of filters, channels and tiles, and transformed back.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/epilogue.h"
#include "core/conv/winograd_passes.h"
#include "core/conv/winograd_tiles.h"
#include "core/gemm/panel_kernels.h"
#include "core/parallel.h"

namespace cameo::winograd {

namespace {

/// Transformed input of a block, in floats, and the tiles it has at least and at most.
constexpr std::int64_t kBlockFloats = std::int64_t{1} << 16;
constexpr std::int64_t kLeastTiles = 48;
constexpr std::int64_t kMostTiles = 128;
/// Filters whose products are made before they are transformed back: a multiple of any panel's
/// rows.
constexpr std::int64_t kFilterBlock = 24;
/// Channels per pass of the product: their rows of one column of tiles stay in the first cache.
constexpr std::int64_t kDepthBlock = 256;
/// A pass with fewer blocks than this is split over filters too. Fixed, like every count here, so
/// that the bits do not depend on the thread count.
constexpr std::int64_t kFewBlocks = 8;
constexpr std::int64_t kParts = 4;

std::int64_t panel_rows() { return panel_kernels().rows; }
std::int64_t panels(const Correlation& pass) { return ceil_div(pass.filters, panel_rows()); }

Tiling tiling_of(const Correlation& pass) {
  const std::int64_t tiles = kBlockFloats / (pass.form->elements() * pass.depth());
  return Tiling(pass, std::clamp(tiles, kLeastTiles, kMostTiles));
}

/// The kernels of `lanes` channels from `c` for one filter; zero for filters that pad a panel.
void gather_kernels(const Correlation& pass, const float* weight, std::int64_t filter,
                    std::int64_t c, std::int64_t lanes, float* taps) {
  const std::int64_t side = pass.form->taps;
  std::fill_n(taps, lanes * side * side, 0.0F);
  if (filter >= pass.filters) return;
  const std::int64_t last = pass.kernel_height * pass.kernel_width - 1;
  const std::int64_t step = pass.turned ? -1 : 1;
  for (std::int64_t i = 0; i < lanes;) {
    const KernelPart part(pass, (c + i) / pass.channels);
    const std::int64_t first = part.top * pass.kernel_width + part.left;
    std::int64_t channel = (c + i) % pass.channels;
    for (; i < lanes && channel < pass.channels; ++i, ++channel) {
      const float* kernel = weight + filter * pass.filter_stride + channel * pass.channel_stride +
                            (pass.turned ? last - first : first);
      float* to = taps + i * side * side;
      for (std::int64_t y = 0; y < part.height; ++y) {
        for (std::int64_t x = 0; x < part.width; ++x) {
          to[y * side + x] = kernel[(y * pass.kernel_width + x) * step];
        }
      }
    }
  }
}

/// Where a panel of transformed kernels, `[depth of the block,rows]`, begins: they lie in the
/// order `[elements,depth blocks,panels]` that they are read in.
std::int64_t factors_offset(const Correlation& pass, std::int64_t element, std::int64_t first_row,
                            std::int64_t panel) {
  const std::int64_t block = std::min(kDepthBlock, pass.depth() - first_row);
  return (element * pass.depth() + first_row) * panels(pass) + panel * block;
}

/// One block of tiles, in the memory of the calling thread: transformed inputs, products
/// `[elements,kFilterBlock]` and four rows of pixels for every row of tiles.
class Block {
 public:
  static std::int64_t floats(const Correlation& pass, const Tiling& tiling) {
    return round_up(tiling.work_size(pass.width), kLanes) +
           pass.form->elements() * (tiling.matrix(pass.depth()) + tiling.matrix(kFilterBlock)) +
           pass.form->tile * pass.form->tile * tiling.stride();
  }

  Block(const Correlation& pass, const Tiling& tiling, std::int64_t index, float* memory)
      : pass_(pass),
        tiling_(tiling),
        rows_(tiling.block(index)),
        tiles_(rows_.count * tiling.columns()),
        stride_(tiling.stride()),
        work_(memory),
        inputs_{.data = memory + round_up(tiling.work_size(pass.width), kLanes),
                .matrix = tiling.matrix(pass.depth()),
                .stride = stride_},
        products_{.data = inputs_.data + pass.form->elements() * inputs_.matrix,
                  .matrix = tiling.matrix(kFilterBlock),
                  .stride = stride_},
        pixels_(products_.data + pass.form->elements() * products_.matrix) {}

  void transform_inputs(const float* x) const {
    winograd::transform_inputs(pass_, tiling_, rows_, x, work_, inputs_);
  }

  /// Outputs of some panels of filters.
  void filter(Range panels, const float* transformed, const ConvEpilogue& epilogue, float* y) const;

 private:
  void multiply(Range panels, const float* transformed) const;
  void write_plane(std::int64_t filter, const ConvEpilogue& epilogue, float* y) const;

  const Correlation& pass_;
  const Tiling& tiling_;
  Range rows_;
  std::int64_t tiles_, stride_;
  float* work_;
  Matrices inputs_, products_;
  float* pixels_;
};

/// Products of all elements for at most kFilterBlock filters.
void Block::multiply(Range panels, const float* transformed) const {
  const PanelKernels& kernels = panel_kernels();
  for (std::int64_t e = 0; e < pass_.form->elements(); ++e) {
    const float* inputs = inputs_.data + e * inputs_.matrix;
    float* products = products_.data + e * products_.matrix;
    for (std::int64_t c = 0; c < pass_.depth(); c += kDepthBlock) {
      const std::int64_t depth = std::min(kDepthBlock, pass_.depth() - c);
      for (std::int64_t t = 0; t < tiles_; t += kPanelColumns) {
        for (std::int64_t i = 0; i < panels.count; ++i) {
          const float* factors =
              transformed + factors_offset(pass_, e, c, panels.begin + i) * kernels.rows;
          kernels.multiply(factors, {.data = inputs + c * stride_ + t, .stride = stride_}, depth,
                           std::min<std::int64_t>(kPanelColumns, tiles_ - t), c > 0,
                           products + i * kernels.rows * stride_ + t, stride_);
        }
      }
    }
  }
}

/// Rows of pixels of tiles that lie side by side, to the pictures they belong to.
void Block::write_plane(std::int64_t filter, const ConvEpilogue& epilogue, float* y) const {
  const PlaneEpilogue e = PlaneEpilogue::of(epilogue, filter);
  const std::int64_t side = pass_.form->tile;
  tiling_.for_each_image(
      rows_, [&](std::int64_t image, std::int64_t row, std::int64_t rows, std::int64_t tile) {
        const std::int64_t plane = image * pass_.filters + filter;
        const std::int64_t at = (plane * pass_.out_height + row * side) * pass_.out_width;
        const std::int64_t pooled =
            (plane * (pass_.out_height / 2) + row * side / 2) * (pass_.out_width / 2);
        pass_.form->finish_lines(
            {.pixels = pixels_ + tile * side,
             .stride = stride_,
             .columns = tiling_.columns(),
             .count = std::min(rows * side, pass_.out_height - row * side),
             .width = pass_.out_width,
             .scale = e.scale,
             .bias = e.bias,
             .low = e.low,
             .high = e.high,
             .residual = epilogue.residual.empty() ? nullptr : epilogue.residual.data() + at,
             .pooled = epilogue.pooled,
             .to = y + (epilogue.pooled ? pooled : at)});
      });
}

void Block::filter(Range panels, const float* transformed, const ConvEpilogue& epilogue,
                   float* y) const {
  const std::int64_t filters = panel_rows();
  const std::int64_t at_once = kFilterBlock / filters;
  for (std::int64_t i = 0; i < panels.count; i += at_once) {
    const Range some{.begin = panels.begin + i, .count = std::min(at_once, panels.count - i)};
    multiply(some, transformed);
    const std::int64_t first = some.begin * filters;
    const std::int64_t last = std::min(first + some.count * filters, pass_.filters);
    for (std::int64_t f = first; f < last; ++f) {
      pass_.form->transform_output(products_.data + (f - first) * stride_, products_.matrix, tiles_,
                                   pixels_, pass_.form->tile * stride_);
      write_plane(f, epilogue, y);
    }
  }
}

}  // namespace

Correlation forward_correlation(const ConvParams& p) {
  return {.form = &form_for(p),
          .batch = p.batch,
          .channels = p.channels,
          .height = p.height,
          .width = p.width,
          .filters = p.filters,
          .out_height = p.out_height,
          .out_width = p.out_width,
          .kernel_height = p.kernel[0],
          .kernel_width = p.kernel[1],
          .pad_top = p.pads[0],
          .pad_left = p.pads[1],
          .filter_stride = p.depth(),
          .channel_stride = p.taps(),
          .turned = false};
}

Correlation backward_correlation(const ConvParams& p) {
  return {.form = &form_for(p),
          .batch = p.batch,
          .channels = p.filters,
          .height = p.out_height,
          .width = p.out_width,
          .filters = p.channels,
          .out_height = p.height,
          .out_width = p.width,
          .kernel_height = p.kernel[0],
          .kernel_width = p.kernel[1],
          .pad_top = p.kernel[0] - 1 - p.pads[0],
          .pad_left = p.kernel[1] - 1 - p.pads[1],
          .filter_stride = p.taps(),
          .channel_stride = p.depth(),
          .turned = true};
}

std::int64_t transformed_size(const Correlation& pass) {
  return panels(pass) * panel_rows() * pass.form->elements() * pass.depth() + kPanelSlack;
}

void transform_weights(const Correlation& pass, const float* weight, float* transformed) {
  const std::int64_t filters = panel_rows();
  parallel_for(panels(pass), 1, [&](std::int64_t first, std::int64_t last) {
    float taps[kLanes * kMostWinogradTaps] = {};
    float stage[kMostPanelRows][kMostWinogradElements * kLanes];
    for (std::int64_t panel = first; panel < last; ++panel) {
      for (std::int64_t c = 0; c < pass.depth(); c += kLanes) {
        const std::int64_t lanes = std::min(kLanes, pass.depth() - c);
        for (std::int64_t f = 0; f < filters; ++f) {
          gather_kernels(pass, weight, panel * filters + f, c, lanes, taps);
          pass.form->transform_weights(taps, stage[f]);
        }
        for (std::int64_t e = 0; e < pass.form->elements(); ++e) {
          const std::int64_t block = c / kDepthBlock * kDepthBlock;
          float* to = transformed + (factors_offset(pass, e, block, panel) + c - block) * filters;
          for (std::int64_t i = 0; i < lanes; ++i) {
            for (std::int64_t f = 0; f < filters; ++f) {
              to[i * filters + f] = stage[f][e * kLanes + i];
            }
          }
        }
      }
    }
  });
}

void correlate(const Correlation& pass, const float* x, const float* transformed,
               const ConvEpilogue& epilogue, float* y) {
  const Tiling tiling = tiling_of(pass);
  const std::int64_t parts = tiling.blocks() < kFewBlocks ? std::min(kParts, panels(pass)) : 1;
  parallel_for(tiling.blocks() * parts, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(Block::floats(pass, tiling)).data();
    for (std::int64_t task = first; task < last; ++task) {
      const Block block(pass, tiling, task / parts, memory);
      if (task == first || task % parts == 0) block.transform_inputs(x);
      block.filter(part_of(panels(pass), task % parts, parts), transformed, epilogue, y);
    }
  });
}

}  // namespace cameo::winograd
