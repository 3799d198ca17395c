/// Two-dimensional convolution: all that ops see of core/conv.
#pragma once

#include <array>
#include <cstdint>
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

// These take completed parameters and tensors of exactly the sizes above (ArgumentError otherwise).
// Work is shared out through parallel_for; the result's bits do not depend on the thread count. The
// environment variable CAMEO_CONV_ALGORITHM names one algorithm to use where it supports the
// parameters (the reference elsewhere).

/// y = conv(x, weight) + bias; an empty bias is none.
void conv2d_forward(const ConvParams& params, std::span<const float> x,
                    std::span<const float> weight, std::span<const float> bias, std::span<float> y);
/// dx = dL/dx, overwritten.
void conv2d_backward_data(const ConvParams& params, std::span<const float> weight,
                          std::span<const float> dy, std::span<float> dx);
/// dweight = dL/dweight, overwritten.
void conv2d_backward_weights(const ConvParams& params, std::span<const float> x,
                             std::span<const float> dy, std::span<float> dweight);
/// dbias = dL/dbias `[filters]`, overwritten.
void conv2d_backward_bias(const ConvParams& params, std::span<const float> dy,
                          std::span<float> dbias);

}  // namespace cameo
