/// Two-dimensional convolution: all that ops see of core/conv.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace cameo {

/// Input x `[batch,channels,height,width]`, weight `[filters,channels/groups,kernel]`, output y
/// `[batch,filters,out_height,out_width]`, all dense. Height before width.
struct ConvParams {
  std::int64_t batch = 0;
  std::int64_t channels = 1;
  std::int64_t height = 1;
  std::int64_t width = 1;
  std::int64_t filters = 1;
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};  ///< top, left, bottom, right
  std::array<std::int64_t, 2> dilations{1, 1};
  std::int64_t groups = 1;
  std::int64_t out_height = 1;  ///< set by complete()
  std::int64_t out_width = 1;

  std::int64_t group_channels() const { return channels / groups; }
  std::int64_t group_filters() const { return filters / groups; }
  std::int64_t taps() const { return kernel[0] * kernel[1]; }
  /// Terms of one output: the K of the matrix product.
  std::int64_t depth() const { return group_channels() * taps(); }
  std::int64_t in_size() const { return height * width; }
  std::int64_t out_size() const { return out_height * out_width; }
};

/// Checks every field and fills in the output extents. Throws ArgumentError or ShapeError, the
/// message starting with "Conv: ".
ConvParams complete(ConvParams params);

/// What follows a convolution, done while its output is still in the cache:
/// y = clamp(scale·conv(x, weight) + bias + residual). Empty spans are left out. A scale and a bias
/// are all that BatchNormalization is at inference, `low = 0` is Relu; NaN passes the clamp.
struct ConvEpilogue {
  std::span<const float> scale;     ///< [filters]
  std::span<const float> bias;      ///< [filters]
  std::span<const float> residual;  ///< as y, which it must not overlap
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  /// Then y is the largest of each 2×2 of that, `[batch,filters,out_height/2,out_width/2]`: a last
  /// row or column without a neighbour is dropped. NaN wins, as in ops::MaxPool.
  bool pooled = false;
};

enum class ConvPass { kForward, kBackwardData, kBackwardWeights };

/// Weights as the fastest algorithm for some parameters reads them: made once, read by any number
/// of threads. They belong to one pass and serve any batch, height and width.
class PreparedConv;
std::int64_t prepared_bytes(const PreparedConv& prepared);

// These take completed parameters and tensors of exactly the sizes above (ArgumentError otherwise).
// Work is shared out through parallel_for; the result's bits do not depend on the thread count. The
// environment variable CAMEO_CONV_ALGORITHM names one algorithm to use where it supports the
// parameters (the reference elsewhere).

/// Prepares weights for the passes below, which then choose the algorithm that is fastest with
/// them. Null when nothing would be gained, as for kBackwardWeights.
std::shared_ptr<const PreparedConv> prepare_conv(const ConvParams& params, ConvPass pass,
                                                 std::span<const float> weight);

/// y = clamp(scale·conv(x, weight) + bias + residual). `prepared` may be null, else it was made of
/// the same weight for the forward pass; ArgumentError when its parameters are others.
void conv2d_forward(const ConvParams& params, std::span<const float> x,
                    std::span<const float> weight, const PreparedConv* prepared,
                    const ConvEpilogue& epilogue, std::span<float> y);
/// y = conv(x, weight) + bias; an empty bias is none.
void conv2d_forward(const ConvParams& params, std::span<const float> x,
                    std::span<const float> weight, std::span<const float> bias, std::span<float> y);
/// Whether the algorithm for these parameters does what ConvEpilogue::pooled asks for as it writes.
/// Others make the whole output first.
bool pools_outputs(const ConvParams& params);
/// One of two convolutions of a pair, as conv2d_forward() takes it.
struct ConvStage {
  const ConvParams& params;
  std::span<const float> weight;
  const PreparedConv* prepared;
  ConvEpilogue epilogue;
};
/// Whether a pointwise convolution and the depthwise one that reads it run as one kernel: the map
/// between them is made a few planes at a time and stays in the cache.
bool run_as_pair(const ConvParams& pointwise, const ConvParams& depthwise);
/// y = second(first(x)), the same bits as of one after the other. The first has no residual.
void conv2d_forward_pair(const ConvStage& first, const ConvStage& second, std::span<const float> x,
                         std::span<float> y);
/// dx = dL/dx, overwritten. `prepared` as above, for the backward pass.
void conv2d_backward_data(const ConvParams& params, std::span<const float> weight,
                          std::span<const float> dy, std::span<float> dx,
                          const PreparedConv* prepared = nullptr);
/// dweight = dL/dweight, overwritten.
void conv2d_backward_weights(const ConvParams& params, std::span<const float> x,
                             std::span<const float> dy, std::span<float> dweight);
/// dbias = dL/dbias `[filters]`, overwritten.
void conv2d_backward_bias(const ConvParams& params, std::span<const float> dy,
                          std::span<float> dbias);

}  // namespace cameo
