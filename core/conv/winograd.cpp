// Winograd convolution (Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks): with
// F(4x4,3x3), 36 products make 16 outputs of a 3x3 kernel, where 144 were needed, with F(4x4,5x5)
// 64 instead of 400. Tiles are worked on in blocks, so that what is transformed is used while it is
// in the cache. Every output is summed over the channels in their order, wherever its tile lies:
// its bits depend neither on threads nor on the rest of the batch.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/winograd_passes.h"
#include "core/conv/winograd_tiles.h"

namespace cameo {

namespace {

using namespace winograd;

void run(const Correlation& pass, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
         float* y) {
  if (weights.prepared != nullptr) return correlate(pass, x, weights.prepared, epilogue, y);
  float* transformed = shared_workspace(transformed_size(pass)).data();
  transform_weights(pass, weights.stored, transformed);
  correlate(pass, x, transformed, epilogue, y);
}

Correlation correlation_of(const ConvParams& p, ConvPass pass) {
  return pass == ConvPass::kForward ? forward_correlation(p) : backward_correlation(p);
}

std::int64_t prepared_size(const ConvParams& p, ConvPass pass) {
  return transformed_size(correlation_of(p, pass));
}

void prepare(const ConvParams& p, ConvPass pass, const float* weight, float* prepared) {
  transform_weights(correlation_of(p, pass), weight, prepared);
}

void forward(const ConvParams& p, const float* x, ConvWeights weights, const ConvEpilogue& epilogue,
             float* y) {
  run(forward_correlation(p), x, weights, epilogue, y);
}

void backward_data(const ConvParams& p, ConvWeights weights, const float* dy, float* dx) {
  run(backward_correlation(p), dy, weights, {}, dx);
}

/// Kernels of 6x6 are split into parts of 3x3. Rounding errors are a share of what a whole tile
/// holds: a gradient of the weights that sums fewer products than a tile has outputs may be much
/// smaller than that.
bool supports(const ConvParams& p, ConvPass pass) {
  constexpr std::int64_t kMost = 6;  // two parts of 3
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t kernel = p.kernel[axis];
    if (kernel < 3 || kernel > kMost || p.strides[axis] != 1 || p.dilations[axis] != 1 ||
        std::max(p.pads[axis], p.pads[axis + 2]) >= kernel) {
      return false;
    }
  }
  const std::int64_t tile = form_for(p).tile;
  return p.groups == 1 &&
         (pass != ConvPass::kBackwardWeights || p.batch * p.out_size() >= tile * tile);
}

/// Measured on Zen 3: with fewer tiles transforming the weights, and with fewer planes transforming
/// the tiles, costs more than the products save. A forward pass with few planes of few tiles gains
/// too little for its rounding, which decides what a ReLU near zero lets through. Rows of tiles are
/// not cut, so that very wide ones would take memory without bound.
bool prefers(const ConvParams& p, ConvPass pass, bool prepared) {
  constexpr std::int64_t kExactPlanes = 48;
  constexpr std::int64_t kExactTiles = 1500;  // of all planes
  constexpr std::int64_t kMostRowFloats = std::int64_t{1} << 22;
  const std::int64_t few_tiles = prepared ? 9 : 24;
  const WinogradKernels& form = form_for(p);
  const std::int64_t few_planes = form.taps == 3 ? 8 : 3;
  const std::int64_t columns = ceil_div(p.out_width, form.tile);
  const std::int64_t tiles = p.batch * ceil_div(p.out_height, form.tile) * columns;
  const std::int64_t planes = std::min(p.channels, p.filters);
  const bool exact = pass == ConvPass::kForward && p.batch < 8 && planes < kExactPlanes &&
                     planes * tiles < kExactTiles;
  return tiles >= few_tiles && planes >= few_planes && !exact &&
         columns <= kMostRowFloats / (form.elements() * std::max(p.channels, p.filters));
}

/// At most measured: 8e-6 and 1.3e-5, of outputs at a corner, which sum few of a tile's products.
double tolerance(const ConvParams& p) { return form_for(p).taps == 3 ? 1e-5 : 3e-5; }

}  // namespace

ConvAlgorithm winograd_conv() {
  return {
      .name = "winograd",
      .supports = supports,
      .prefers = prefers,
      .prepared_size = prepared_size,
      .prepare = prepare,
      .forward = forward,
      .backward_data = backward_data,
      .backward_weights = correlate_weights,
      .tolerance = tolerance,
      .pools = true,
  };
}

}  // namespace cameo
