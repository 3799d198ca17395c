/// im2col and col2im for a run of output positions of one group of one image.
#pragma once

#include "core/conv/conv.h"

namespace cameo {

/// Output positions `begin` to `begin + count` (row-major) of one image.
struct PositionRange {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// Fills `columns`, row (c, ky, kx) and column (position - begin), rows `stride` floats apart, from
/// the `channels` planes at `x`; padding gives 0.
void im2col(const ConvParams& params, std::int64_t channels, const float* x, PositionRange range,
            float* columns, std::int64_t stride);

/// The adjoint: adds `columns` into the planes at `dx`. Overwrites parts of `columns`.
void col2im_add(const ConvParams& params, std::int64_t channels, float* columns,
                std::int64_t stride, PositionRange range, float* dx);

}  // namespace cameo
