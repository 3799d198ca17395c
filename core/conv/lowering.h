/// im2col and col2im for a run of output positions of one group of one image.
#pragma once

#include "core/conv/conv.h"
#include "core/conv/extents.h"

namespace cameo {

/// `range` are output positions, row-major. Fills `columns`, row (c, ky, kx) and column (position -
/// begin), rows `stride` floats apart, from the `channels` planes at `x`; padding gives 0.
void im2col(const ConvParams& params, std::int64_t channels, const float* x, Range range,
            float* columns, std::int64_t stride);

/// The adjoint: adds `columns` into the planes at `dx`. Overwrites parts of `columns`.
void col2im_add(const ConvParams& params, std::int64_t channels, float* columns,
                std::int64_t stride, Range range, float* dx);

}  // namespace cameo
