// The gradient of the data at strides above 1. The pixels that lie a stride apart make a phase:
// each phase is a correlation of the output's gradient with every stride-th tap, without a product
// by zero, and goes through the packed product.
#include <algorithm>
#include <array>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/conv/packed_product.h"
#include "core/parallel.h"

namespace cameo {

namespace {

using namespace packed;

/// One axis of a phase: pixels `residue`, `residue` + stride ... read the taps `first_tap`,
/// `first_tap` + stride ...
struct PhaseAxis {
  PhaseAxis(const ConvParams& p, std::size_t axis, std::int64_t residue) {
    const std::int64_t stride = p.strides[axis];
    const std::int64_t extent = axis == 0 ? p.height : p.width;
    first_tap = (residue + p.pads[axis]) % stride;
    taps = ceil_div(std::max<std::int64_t>(p.kernel[axis] - first_tap, 0), stride);
    pixels = ceil_div(std::max<std::int64_t>(extent - residue, 0), stride);
    pad = taps - 1 - (residue + p.pads[axis] - first_tap) / stride;
  }
  std::int64_t first_tap, taps, pixels, pad;
};

/// One phase of a gradient.
struct Phase {
  Phase(const ConvParams& params, std::int64_t residue_y, std::int64_t residue_x)
      : p(params),
        y(params, 0, residue_y),
        x(params, 1, residue_x),
        correlation{.batch = p.batch,
                    .groups = p.groups,
                    .channels = p.group_filters(),
                    .height = p.out_height,
                    .width = p.out_width,
                    .filters = p.group_channels(),
                    .out_height = y.pixels,
                    .out_width = x.pixels,
                    .kernel = {y.taps, x.taps},
                    .strides = {1, 1},
                    .dilations = {1, 1},
                    .pad_top = y.pad,
                    .pad_left = x.pad,
                    .filter_stride = p.group_filters() * y.taps * x.taps,
                    .channel_stride = y.taps * x.taps,
                    .turned = false} {}

  bool has_taps() const { return correlation.taps() > 0; }
  bool has_pixels() const { return correlation.out_size() > 0; }
  std::int64_t weights() const { return p.channels * correlation.depth(); }
  /// Floats of the phase of one plane, and of all.
  std::int64_t plane() const { return correlation.out_size(); }
  std::int64_t planes() const { return has_taps() ? p.batch * p.channels * plane() : 0; }

  /// The taps it reads, turned, `[groups,channels,filters,taps]`.
  void gather(const float* weight, float* to) const {
    const std::int64_t filters = p.group_filters();
    parallel_for(p.channels, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t c = begin; c < end; ++c) {
        const std::int64_t group = c / p.group_channels();
        float* out = to + c * correlation.depth();
        for (std::int64_t f = 0; f < filters; ++f) {
          const float* kernel =
              weight + (group * filters + f) * p.depth() + c % p.group_channels() * p.taps();
          for (std::int64_t i = y.taps - 1; i >= 0; --i) {
            for (std::int64_t j = x.taps - 1; j >= 0; --j) {
              *out++ = kernel[(y.first_tap + i * p.strides[0]) * p.kernel[1] + x.first_tap +
                              j * p.strides[1]];
            }
          }
        }
      }
    });
  }

  const ConvParams& p;
  PhaseAxis y, x;
  Correlation correlation;
};

/// Phase (y, x) of the residues is number y · strides[1] + x.
std::vector<Phase> phases_of(const ConvParams& p) {
  std::vector<Phase> phases;
  for (std::int64_t y = 0; y < p.strides[0]; ++y) {
    for (std::int64_t x = 0; x < p.strides[1]; ++x) phases.emplace_back(p, y, x);
  }
  return phases;
}

std::int64_t prepared_size(const ConvParams& p, ConvPass) {
  std::int64_t size = 0;
  for (const Phase& phase : phases_of(p)) {
    if (phase.has_taps()) size += packed_size(phase.correlation);
  }
  return size;
}

void prepare(const ConvParams& p, ConvPass, const float* weight, float* prepared) {
  for (const Phase& phase : phases_of(p)) {
    if (!phase.has_taps()) continue;
    std::vector<float> gathered(static_cast<std::size_t>(phase.weights()));
    phase.gather(weight, gathered.data());
    pack_weights(phase.correlation, gathered.data(), prepared);
    prepared += packed_size(phase.correlation);
  }
}

/// One line of the phases of a row, null where a phase has no taps, to where its pixels lie.
void join_line(const std::vector<const float*>& lines, std::int64_t width, float* to) {
  const auto stride = static_cast<std::int64_t>(lines.size());
  if (stride == 2 && lines[0] != nullptr && lines[1] != nullptr) {
    const float* even = lines[0];
    const float* odd = lines[1];
    for (std::int64_t i = 0; i < width / 2; ++i) {
      to[2 * i] = even[i];
      to[2 * i + 1] = odd[i];
    }
    if (width % 2 == 1) to[width - 1] = even[width / 2];
    return;
  }
  for (std::int64_t r = 0; r < stride; ++r) {
    const float* from = lines[static_cast<std::size_t>(r)];
    for (std::int64_t x = r; x < width; x += stride) {
      to[x] = from == nullptr ? 0.0F : from[x / stride];
    }
  }
}

void join(const ConvParams& p, const std::vector<Phase>& phases,
          const std::vector<const float*>& planes, float* dx) {
  parallel_for(p.batch * p.channels, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<const float*> lines(static_cast<std::size_t>(p.strides[1]));
    for (std::int64_t plane = begin; plane < end; ++plane) {
      for (std::int64_t y = 0; y < p.height; ++y) {
        for (std::int64_t x = 0; x < p.strides[1]; ++x) {
          const auto i = static_cast<std::size_t>(y % p.strides[0] * p.strides[1] + x);
          const Phase& phase = phases[i];
          lines[static_cast<std::size_t>(x)] =
              planes[i] == nullptr
                  ? nullptr
                  : planes[i] + plane * phase.plane() + y / p.strides[0] * phase.x.pixels;
        }
        join_line(lines, p.width, dx + plane * p.in_size() + y * p.width);
      }
    }
  });
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  const std::vector<Phase> phases = phases_of(p);
  std::int64_t floats = weights.prepared == nullptr ? prepared_size(p, ConvPass::kBackwardData) : 0;
  for (const Phase& phase : phases) floats += phase.planes();
  float* memory = shared_workspace(floats).data();
  const float* packed_weights = weights.prepared;
  if (packed_weights == nullptr) {
    prepare(p, ConvPass::kBackwardData, weights.stored, memory);
    packed_weights = memory;
    memory += prepared_size(p, ConvPass::kBackwardData);
  }
  std::vector<const float*> planes(phases.size(), nullptr);
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i];
    if (!phase.has_taps()) continue;
    if (phase.has_pixels()) {
      correlate(phase.correlation, dy, packed_weights, {}, memory);
      planes[i] = memory;
      memory += phase.planes();
    }
    packed_weights += packed_size(phase.correlation);
  }
  join(p, phases, planes, dx);
}

/// Lines of the gradient are copied whole, so that windows and strides far beyond any network's
/// would take memory without bound.
bool supports(const ConvParams& p, ConvPass pass) {
  constexpr std::int64_t kMost = 16;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (p.kernel[axis] > kMost || p.strides[axis] > kMost || p.dilations[axis] != 1) return false;
  }
  return pass == ConvPass::kBackwardData && (p.strides[0] > 1 || p.strides[1] > 1);
}

/// Panels that few planes leave almost empty cost more than writing the columns out.
bool prefers(const ConvParams& p, ConvPass, bool) { return p.group_channels() >= 4; }

}  // namespace

ConvAlgorithm phased_conv() {
  return {
      .name = "phases",
      .supports = supports,
      .prefers = prefers,
      .prepared_size = prepared_size,
      .prepare = prepare,
      .forward = nullptr,
      .backward_data = backward_data,
      .backward_weights = nullptr,
      .tolerance = [](const ConvParams&) { return 1e-6; },
  };
}

}  // namespace cameo
