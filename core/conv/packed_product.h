/// The packed product of core/conv/packed.cpp, for correlations that other algorithms are made of.
#pragma once

#include "core/conv/conv.h"
#include "core/conv/packed_columns.h"

namespace cameo::packed {

/// Floats of a correlation's packed weights.
std::int64_t packed_size(const Correlation& c);
/// Of `weight` `[groups,filters,channels,taps]`, with the strides that the correlation tells.
void pack_weights(const Correlation& c, const float* weight, float* packed);
/// x `[batch,groups·channels,height,width]`, y `[batch,groups·filters,out_height,out_width]`,
/// overwritten; `packed_weights` as pack_weights() left them.
void correlate(const Correlation& c, const float* x, const float* packed_weights,
               const ConvEpilogue& epilogue, float* y);

}  // namespace cameo::packed
