/// The two ways in which Winograd convolution runs, behind core/conv/winograd.cpp.
#pragma once

#include <algorithm>

#include "core/conv/conv.h"
#include "core/conv/extents.h"
#include "core/conv/winograd_kernels.h"

namespace cameo::winograd {

/// A correlation with stride 1 from one set of planes to another: the forward pass, or the gradient
/// of the data, which is one with the kernels turned and the roles of channels and filters swapped.
/// A kernel with more taps than its form is the sum of parts, each over channels of its own: the
/// same planes, shifted.
struct Correlation {
  const WinogradKernels* form;
  std::int64_t batch;
  std::int64_t channels, height, width;
  std::int64_t filters, out_height, out_width;
  std::int64_t kernel_height, kernel_width;
  std::int64_t pad_top, pad_left;
  std::int64_t filter_stride, channel_stride;  ///< floats between kernels
  bool turned;

  std::int64_t parts_wide() const { return ceil_div(kernel_width, form->taps); }
  std::int64_t parts() const { return ceil_div(kernel_height, form->taps) * parts_wide(); }
  /// Terms of a product: channels of all parts, part after part.
  std::int64_t depth() const { return parts() * channels; }
};

/// The taps of a kernel that one part has, from (top, left) on.
struct KernelPart {
  KernelPart(const Correlation& c, std::int64_t part)
      : top(part / c.parts_wide() * c.form->taps),
        left(part % c.parts_wide() * c.form->taps),
        height(std::min<std::int64_t>(c.form->taps, c.kernel_height - top)),
        width(std::min<std::int64_t>(c.form->taps, c.kernel_width - left)) {}
  std::int64_t top, left, height, width;
};

/// The form for kernels of some size, for this processor.
const WinogradKernels& form_for(const ConvParams& p);

Correlation forward_correlation(const ConvParams& p);
Correlation backward_correlation(const ConvParams& p);

/// Floats of a correlation's transformed weights.
std::int64_t transformed_size(const Correlation& c);
void transform_weights(const Correlation& c, const float* weight, float* transformed);
void correlate(const Correlation& c, const float* x, const float* transformed,
               const ConvEpilogue& epilogue, float* y);

/// dL/dweight, overwritten.
void correlate_weights(const ConvParams& p, const float* x, const float* dy, float* dweight);

}  // namespace cameo::winograd
