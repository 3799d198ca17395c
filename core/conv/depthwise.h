/// What depthwise convolution has for other kernels.
#pragma once

#include "core/conv/conv.h"
#include "core/conv/depthwise_kernels.h"

namespace cameo {

using PlaneKernel = decltype(DepthwiseKernels::correlate_plane);

/// Whether a kernel reads the planes of a forward pass as they lie: 3x3, one pixel of padding, and
/// stride 1, or 2 where lines are even.
bool reads_planes(const ConvParams& depthwise);
/// That kernel, for stride 1 or 2.
PlaneKernel plane_kernel(std::int64_t stride);

}  // namespace cameo
