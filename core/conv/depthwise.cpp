// Depthwise convolution: every output plane comes from one input plane. A few rows at a time are
// padded, so that they are in the first cache when the taps pass over them.
#include "core/conv/depthwise.h"

#include <algorithm>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/conv/epilogue.h"
#include "core/conv/extents.h"
#include "core/conv/padded_lines.h"
#include "core/cpu/features.h"
#include "core/parallel.h"

namespace cameo {

namespace {

constexpr std::int64_t kRun = kDepthwiseRun;
/// Floats of padded lines: a quarter of the first cache of most processors.
constexpr std::int64_t kLinesFloats = 2048;

using Pair = std::array<std::int64_t, 2>;

bool reads_plane(const LineShape& shape, std::int64_t pad_top, std::int64_t out_height) {
  const Pair stride = shape.strides;
  const Pair out{(shape.height - 1) / stride[0] + 1, (shape.width - 1) / stride[1] + 1};
  return shape.kernel == Pair{3, 3} && shape.dilations == Pair{1, 1} &&
         shape.spread == Pair{1, 1} && shape.pad_left == 1 && pad_top == 1 &&
         out == Pair{out_height, shape.out_width} && out[1] >= kDepthwiseLeastWidth &&
         (stride == Pair{1, 1} || (stride == Pair{2, 2} && shape.width % 2 == 0));
}

/// How one plane is correlated with a kernel: the forward pass, or the gradient of the data as the
/// turned kernel over gradients that lie `spread` apart.
struct Pass {
  LineShape shape;
  std::int64_t out_height;
  std::int64_t pad_top;
};

Pass forward_pass(const ConvParams& p) {
  return {.shape = {.height = p.height,
                    .width = p.width,
                    .out_width = p.out_width,
                    .kernel = p.kernel,
                    .strides = p.strides,
                    .dilations = p.dilations,
                    .pad_left = p.pads[1]},
          .out_height = p.out_height,
          .pad_top = p.pads[0]};
}

Pass backward_pass(const ConvParams& p) {
  return {.shape = {.height = p.out_height,
                    .width = p.out_width,
                    .out_width = p.width,
                    .kernel = p.kernel,
                    .strides = {1, 1},
                    .dilations = p.dilations,
                    .pad_left = (p.kernel[1] - 1) * p.dilations[1] - p.pads[1],
                    .spread = p.strides},
          .out_height = p.height,
          .pad_top = (p.kernel[0] - 1) * p.dilations[0] - p.pads[0]};
}

/// Rows of outputs in blocks, and the padded lines that a block reads, in the memory of the calling
/// thread.
class Rows {
 public:
  explicit Rows(const Pass& pass)
      : pass_(pass),
        padded_(pass.shape),
        window_((pass.shape.kernel[0] - 1) * pass.shape.dilations[0] + 1),
        block_(std::clamp<std::int64_t>(
            (kLinesFloats / padded_.line() - window_) / pass.shape.strides[0] + 1, 1,
            pass.out_height)) {}

  std::int64_t block() const { return block_; }
  std::int64_t line() const { return padded_.line(); }
  std::int64_t floats() const { return lines(block_) * padded_.line(); }
  /// Where a row of a block finds its first pixel.
  std::int64_t row(std::int64_t index) const {
    return index * pass_.shape.strides[0] * padded_.line();
  }
  DepthwiseTaps taps(const float* lines) const {
    return {.lines = lines,
            .taps = padded_.taps().data(),
            .count = static_cast<std::ptrdiff_t>(padded_.taps().size())};
  }
  /// Copies what the rows first … first + count - 1 read.
  void copy(const float* plane, std::int64_t first, std::int64_t count, float* to) const {
    padded_.copy(plane, first * pass_.shape.strides[0] - pass_.pad_top, lines(count), to);
  }

 private:
  std::int64_t lines(std::int64_t rows) const {
    return (rows - 1) * pass_.shape.strides[0] + window_;
  }

  const Pass& pass_;
  PaddedLines padded_;
  std::int64_t window_, block_;
};

/// Runs of a block of outputs that lie in rows of `width`. The last of a row ends with it, except
/// where rows are shorter than a run.
std::vector<PanelRun> output_runs(const Rows& rows, std::int64_t width) {
  std::vector<PanelRun> runs;
  const std::int64_t last = std::max<std::int64_t>(width - kRun, 0);
  for (std::int64_t row = 0; row < rows.block(); ++row) {
    for (std::int64_t x = 0; x < width; x += kRun) {
      const std::int64_t at = std::min(x, last);
      runs.push_back(
          {.from = rows.row(row) + at, .to = row * std::max(width, kRun) + at, .count = kRun});
    }
  }
  return runs;
}

/// Correlates planes. Rows shorter than a run are made in a matrix with rows of kRun.
class Correlator {
 public:
  explicit Correlator(const Pass& pass)
      : pass_(pass),
        three_by_three_(pass.shape.kernel == Pair{3, 3} && pass.shape.strides == Pair{1, 1} &&
                        pass.shape.dilations == Pair{1, 1}),
        direct_(reads_plane(pass.shape, pass.pad_top, pass.out_height)),
        rows_(pass),
        runs_(output_runs(rows_, pass.shape.out_width)) {}

  std::int64_t floats() const {
    return direct_ ? pass_.shape.width + kPanelLanes
                   : round_up(rows_.floats(), kRun) + 2 * rows_.block() * kRun;
  }

  /// `memory` holds floats(), zero at the first call; `behind` tells how many floats follow the
  /// plane.
  void run(const float* plane, std::int64_t behind, const float* weights,
           const DepthwiseFinish& finish, float* memory) const {
    const std::int64_t width = pass_.shape.out_width;
    if (direct_) return run_directly(plane, behind >= kPanelLanes, weights, finish, memory);
    for (std::int64_t first = 0; first < pass_.out_height; first += rows_.block()) {
      const std::int64_t count = std::min(rows_.block(), pass_.out_height - first);
      rows_.copy(plane, first, count, memory);
      DepthwiseFinish block = finish;
      block.to += first * width;
      if (block.residual != nullptr) block.residual += first * width;
      if (width >= kRun) {
        correlate(memory, weights, count, block);
      } else {
        run_short(weights, count, block, memory);
      }
    }
  }

 private:
  void run_directly(const float* plane, bool room, const float* weights,
                    const DepthwiseFinish& finish, const float* zeros) const {
    const LineShape& shape = pass_.shape;
    const DepthwisePlane all{.pixels = plane,
                             .first_line = 0,
                             .height = shape.height,
                             .width = shape.width,
                             .first_row = 0,
                             .end_row = pass_.out_height,
                             .out_width = shape.out_width,
                             .zeros = zeros,
                             .room = room};
    plane_kernel(shape.strides[0])(all, weights, finish);
  }

  /// Some rows of outputs, `finish.to` in rows of kRun or more.
  void correlate(const float* lines, const float* weights, std::int64_t rows,
                 const DepthwiseFinish& finish) const {
    if (three_by_three_) {
      const DepthwiseRows all{.lines = lines,
                              .line = rows_.line(),
                              .rows = rows,
                              .width = std::max(pass_.shape.out_width, kRun)};
      return depthwise_kernels().correlate_3x3(all, weights, finish);
    }
    const auto per_row = static_cast<std::int64_t>(runs_.size()) / rows_.block();
    depthwise_kernels().correlate(rows_.taps(lines), weights, runs_.data(), rows * per_row, finish);
  }
  void run_short(const float* weights, std::int64_t count, DepthwiseFinish finish,
                 float* memory) const {
    const std::int64_t width = pass_.shape.out_width;
    float* outputs = memory + round_up(rows_.floats(), kRun);
    float* residual = outputs + rows_.block() * kRun;
    float* to = finish.to;
    for (std::int64_t row = 0; finish.residual != nullptr && row < count; ++row) {
      std::copy_n(finish.residual + row * width, width, residual + row * kRun);
    }
    finish.to = outputs;
    if (finish.residual != nullptr) finish.residual = residual;
    correlate(memory, weights, count, finish);
    for (std::int64_t row = 0; row < count; ++row) {
      std::copy_n(outputs + row * kRun, width, to + row * width);
    }
  }

  const Pass& pass_;
  bool three_by_three_;
  bool direct_;
  Rows rows_;
  std::vector<PanelRun> runs_;
};

/// Calls `visit(plane, memory)` for 0 … planes-1 with memory that is zero at a thread's first.
template <typename F>
void for_each_plane(std::int64_t planes, std::int64_t floats, F visit) {
  parallel_for(planes, 1, [&](std::int64_t first, std::int64_t last) {
    float* memory = thread_workspace(floats).data();
    std::fill_n(memory, floats, 0.0F);
    for (std::int64_t plane = first; plane < last; ++plane) visit(plane, memory);
  });
}

void forward(const ConvParams& p, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
             float* y) {
  const Pass pass = forward_pass(p);
  const Correlator correlator(pass);
  for_each_plane(p.batch * p.filters, correlator.floats(), [&](std::int64_t plane, float* memory) {
    const std::int64_t filter = plane % p.filters;
    const std::int64_t channel = plane / p.filters * p.channels + filter / p.group_filters();
    const PlaneEpilogue e = PlaneEpilogue::of(epilogue, filter);
    correlator.run(
        x + channel * p.in_size(), (p.batch * p.channels - channel - 1) * p.in_size(),
        weights.stored + filter * p.taps(),
        {.scale = e.scale,
         .bias = e.bias,
         .residual =
             epilogue.residual.empty() ? nullptr : epilogue.residual.data() + plane * p.out_size(),
         .low = e.low,
         .high = e.high,
         .to = y + plane * p.out_size()},
        memory);
  });
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  const Pass pass = backward_pass(p);
  const Correlator correlator(pass);
  std::vector<float> turned(weights.stored, weights.stored + p.filters * p.taps());
  for (std::int64_t f = 0; f < p.filters; ++f) {
    std::reverse(turned.begin() + f * p.taps(), turned.begin() + (f + 1) * p.taps());
  }
  const ConvEpilogue none;
  for_each_plane(p.batch * p.channels, correlator.floats(), [&](std::int64_t plane, float* memory) {
    correlator.run(dy + plane * p.out_size(), (p.batch * p.channels - plane - 1) * p.out_size(),
                   turned.data() + plane % p.channels * p.taps(),
                   {.scale = 1.0F,
                    .bias = 0.0F,
                    .residual = nullptr,
                    .low = none.low,
                    .high = none.high,
                    .to = dx + plane * p.in_size()},
                   memory);
  });
}

/// Every filter's gradient is summed by one thread, picture after picture.
void backward_weights(const ConvParams& p, const float* x, const float* dy, float* dweight) {
  const Pass pass = forward_pass(p);
  const Rows rows(pass);
  const std::int64_t width = round_up(p.out_width, kRun);
  std::vector<PanelRun> runs;
  for (std::int64_t row = 0; row < rows.block(); ++row) {
    for (std::int64_t at = 0; at < width; at += kRun) {
      runs.push_back({.from = rows.row(row) + at, .to = row * width + at});
    }
  }
  const std::int64_t lines_floats = round_up(rows.floats(), kRun);
  const std::int64_t grads_floats = rows.block() * width;
  for_each_plane(
      p.filters, lines_floats + grads_floats + p.taps(), [&](std::int64_t filter, float* memory) {
        float* grads = memory + lines_floats;
        float* sums = grads + grads_floats;
        std::vector<double> totals(static_cast<std::size_t>(p.taps()));
        for (std::int64_t n = 0; n < p.batch; ++n) {
          const float* plane = x + (n * p.channels + filter / p.group_filters()) * p.in_size();
          const float* grad = dy + (n * p.filters + filter) * p.out_size();
          for (std::int64_t first = 0; first < p.out_height; first += rows.block()) {
            const std::int64_t count = std::min(rows.block(), p.out_height - first);
            rows.copy(plane, first, count, memory);
            for (std::int64_t row = 0; row < count; ++row) {
              std::copy_n(grad + (first + row) * p.out_width, p.out_width, grads + row * width);
            }
            depthwise_kernels().correlate_weights(rows.taps(memory), grads, runs.data(),
                                                  count * width / kRun, sums);
            for (std::size_t t = 0; t < totals.size(); ++t) {
              totals[t] += static_cast<double>(sums[t]);
            }
          }
        }
        std::transform(totals.begin(), totals.end(), dweight + filter * p.taps(),
                       [](double total) { return static_cast<float>(total); });
      });
}

bool supports(const ConvParams& p, ConvPass pass) {
  constexpr std::int64_t kMostWindow = 256;  // lines of a window are held at once
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if ((p.kernel[axis] - 1) * p.dilations[axis] >= kMostWindow || p.strides[axis] > kMostWindow) {
      return false;
    }
  }
  return p.group_channels() == 1 && p.groups > 1 &&
         (pass != ConvPass::kBackwardData || p.group_filters() == 1);
}

}  // namespace

const DepthwiseKernels& depthwise_kernels() {
#if defined(__x86_64__)
  return version_for_isa(baseline::depthwise_kernels, avx2::depthwise_kernels,
                         avx512::depthwise_kernels);
#else
  return baseline::depthwise_kernels;
#endif
}

PlaneKernel plane_kernel(std::int64_t stride) {
  return stride == 1 ? depthwise_kernels().correlate_plane : depthwise_kernels().halve_plane;
}

bool reads_planes(const ConvParams& p) {
  const Pass pass = forward_pass(p);
  return reads_plane(pass.shape, pass.pad_top, pass.out_height);
}

ConvAlgorithm depthwise_conv() {
  return {
      .name = "depthwise",
      .supports = supports,
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
