/// The direction in which the channels of a feature map vary most.
#pragma once

#include "core/tensor.h"

namespace cameo::explain {

/// The projection of every place's channels on their first principal component, `[1,C,H,W]` to
/// `[H,W]`: with M the `[H·W,C]` matrix less each channel's mean and v its first right singular
/// vector, M·v. Of the two signs of v the one for which the projection agrees with the sum of the
/// channels: sum over places of (M·v)·(sum over k of A_k) is not negative. Zeros where nothing
/// varies. In double; NaN everywhere when the features are not finite.
Tensor principal_projection(const Tensor& features);

}  // namespace cameo::explain
