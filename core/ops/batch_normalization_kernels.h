/// The inner loops of batch normalisation in training, compiled once per instruction set.
#pragma once

#include <cstddef>

namespace cameo {

/// One channel's values: `runs` of `size` neighbours, `distance` floats from one to the next.
struct ChannelRuns {
  std::ptrdiff_t runs, size, distance;
};

/// (x - mean)·factor + shift, or 0 where that is not above 0 and `rectify` is set.
struct ChannelLine {
  float mean, factor, shift;
  bool rectify;
};

/// Sums over a channel, of dL/dy and of dL/dy·(x - mean).
struct ChannelGradSums {
  double grad, product;
};

/// Every pointer is to a channel's first value. Sums are made in float over at most 16 terms a
/// lane, then in double, in an order that extents alone decide: an error of a few units in the last
/// place of a float. What is written may lie where `grad`, or x of normalize(), is read.
struct BatchNormalizationKernels {
  double (*sum)(const ChannelRuns& channel, const float* x);
  /// Of (x - centre)².
  double (*sum_of_squares)(const ChannelRuns& channel, const float* x, float centre);
  /// y = the line's value of x; `addend`, unless null, is added before it is rectified.
  void (*normalize)(const ChannelRuns& channel, const ChannelLine& line, const float* x,
                    const float* addend, float* y);
  /// `grad` is dL/dy; where y is rectified to 0 it counts as 0.
  ChannelGradSums (*grad_sums)(const ChannelRuns& channel, const ChannelLine& line, const float* x,
                               const float* grad);
  /// dx = (grad - mean_grad - (x - mean)·slope)·factor
  void (*input_grad)(const ChannelRuns& channel, const ChannelLine& line, const float* x,
                     const float* grad, float mean_grad, float slope, float* dx);
};

namespace baseline {
extern const BatchNormalizationKernels batch_normalization_kernels;
}
namespace avx2 {
extern const BatchNormalizationKernels batch_normalization_kernels;
}
namespace avx512 {
extern const BatchNormalizationKernels batch_normalization_kernels;
}

/// Those for this processor.
const BatchNormalizationKernels& batch_normalization_kernels();

}  // namespace cameo
