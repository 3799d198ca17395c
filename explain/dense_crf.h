/// Dense conditional random fields: label probabilities sharpened by the picture's colours.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace cameo::explain {

/// The authors' values for photographs of about 500 pixels; deviations of positions are in pixels
/// and belong to the picture's size.
struct DenseCrfOptions {
  std::int64_t iterations = 10;     ///< of mean field
  float appearance_weight = 10.0F;  ///< of the kernel over position and colour
  float appearance_position = 80.0F;
  float appearance_colour = 13.0F / 255.0F;  ///< in values of the picture
  float smoothness_weight = 3.0F;            ///< of the kernel over position alone
  float smoothness_position = 3.0F;
};

/// The largest picture in pixels; it takes 1 GiB.
inline constexpr std::int64_t kMostCrfPixels = std::int64_t{128} * 128;

/// Mean-field marginals `[L,H,W]` of a fully connected random field with Potts compatibility
/// (Krähenbühl & Koltun 2011, Efficient Inference in Fully Connected CRFs with Gaussian Edge
/// Potentials, section 3 and algorithm 1), from `probabilities` `[L,H,W]`, which need not add up to
/// 1 (a label whose probability is 0 stays ruled out), and the `picture` `[C,H,W]` in 0 … 1.
///
/// Each of the two kernels is divided by the roots of its sums at both pixels, as in the authors'
/// program, so that weights mean the same for any size and deviation. Filtering is exact: every
/// pair of pixels counts, for 4·(H·W)² bytes and 2·L·(H·W)² operations an iteration (64 MiB and
/// about 0.4·10⁹ for 11 labels of 64×64 pixels). The bits do not depend on the thread count. Throws
/// ShapeError for other shapes, ArgumentError for values that are no probabilities, a picture that
/// is not finite or beyond kMostCrfPixels, and options that make no sense.
Tensor dense_crf(const Tensor& picture, const Tensor& probabilities,
                 const DenseCrfOptions& options = {});

}  // namespace cameo::explain
