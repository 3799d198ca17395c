// The definition as plain loops, summed in double: what every other algorithm is tested against.
#include <algorithm>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/parallel.h"

namespace cameo {

namespace {

/// One pair of an input and an output element that a tap of the kernel connects.
struct Link {
  std::int64_t x;       ///< index within the input plane
  std::int64_t y;       ///< index within the output plane
  std::int64_t weight;  ///< index within the kernel plane
};

/// Calls `visit` for every link between an input and an output plane, in row-major order of the
/// output, then of the kernel. A copy of the parameters stays in registers; behind a reference they
/// would be read again after every sum that `visit` writes.
template <typename F>
void for_each_link(const ConvParams p, F visit) {
  for (std::int64_t oy = 0; oy < p.out_height; ++oy) {
    for (std::int64_t ox = 0; ox < p.out_width; ++ox) {
      for (std::int64_t ky = 0; ky < p.kernel[0]; ++ky) {
        const std::int64_t iy = oy * p.strides[0] - p.pads[0] + ky * p.dilations[0];
        if (iy < 0 || iy >= p.height) continue;
        for (std::int64_t kx = 0; kx < p.kernel[1]; ++kx) {
          const std::int64_t ix = ox * p.strides[1] - p.pads[1] + kx * p.dilations[1];
          if (ix < 0 || ix >= p.width) continue;
          visit(Link{
              .x = iy * p.width + ix, .y = oy * p.out_width + ox, .weight = ky * p.kernel[1] + kx});
        }
      }
    }
  }
}

double product(float a, float b) { return static_cast<double>(a) * static_cast<double>(b); }

void round_into(const std::vector<double>& sums, float* out) {
  std::transform(sums.begin(), sums.end(), out, [](double s) { return static_cast<float>(s); });
}

void forward(const ConvParams& p, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
             float* y) {
  parallel_for(p.batch * p.filters, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> sums(static_cast<std::size_t>(p.out_size()));
    double* out = sums.data();
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const std::int64_t n = plane / p.filters;
      const std::int64_t m = plane % p.filters;
      std::fill_n(out, p.out_size(), 0.0);
      for (std::int64_t c = 0; c < p.group_channels(); ++c) {
        const std::int64_t channel = m / p.group_filters() * p.group_channels() + c;
        const float* in = x + (n * p.channels + channel) * p.in_size();
        const float* kernel = weights.stored + (m * p.group_channels() + c) * p.taps();
        for_each_link(p, [&](const Link& l) { out[l.y] += product(in[l.x], kernel[l.weight]); });
      }
      round_into(sums, y + plane * p.out_size());
    }
  });
  apply_epilogue(p, epilogue, y);
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  parallel_for(p.batch * p.channels, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> sums(static_cast<std::size_t>(p.in_size()));
    double* out = sums.data();
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const std::int64_t n = plane / p.channels;
      const std::int64_t group = plane % p.channels / p.group_channels();
      const std::int64_t c = plane % p.group_channels();
      std::fill_n(out, p.in_size(), 0.0);
      for (std::int64_t j = 0; j < p.group_filters(); ++j) {
        const std::int64_t m = group * p.group_filters() + j;
        const float* grad = dy + (n * p.filters + m) * p.out_size();
        const float* kernel = weights.stored + (m * p.group_channels() + c) * p.taps();
        for_each_link(p, [&](const Link& l) { out[l.x] += product(grad[l.y], kernel[l.weight]); });
      }
      round_into(sums, dx + plane * p.in_size());
    }
  });
}

void backward_weights(const ConvParams& p, const float* x, const float* dy, float* dweight) {
  parallel_for(p.filters * p.group_channels(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> sums(static_cast<std::size_t>(p.taps()));
    double* kernel = sums.data();
    for (std::int64_t plane = begin; plane < end; ++plane) {
      const std::int64_t m = plane / p.group_channels();
      const std::int64_t channel =
          m / p.group_filters() * p.group_channels() + plane % p.group_channels();
      std::fill_n(kernel, p.taps(), 0.0);
      for (std::int64_t n = 0; n < p.batch; ++n) {
        const float* in = x + (n * p.channels + channel) * p.in_size();
        const float* grad = dy + (n * p.filters + m) * p.out_size();
        for_each_link(p, [&](const Link& l) { kernel[l.weight] += product(in[l.x], grad[l.y]); });
      }
      round_into(sums, dweight + plane * p.taps());
    }
  });
}

}  // namespace

ConvAlgorithm reference_conv() {
  return {
      .name = "reference",
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
