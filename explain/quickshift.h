/// Superpixels by quickshift.
#pragma once

#include "explain/superpixels.h"

namespace cameo::explain {

struct QuickshiftOptions {
  double kernel = 4.0;      ///< deviation of the density's Gaussian, in pixels and colours alike
  double distance = 200.0;  ///< a pixel is linked to none further away than this
  double ratio = 0.2;       ///< weight of colour, whose range is 100, against place
};

/// Links every pixel to the nearest one of higher density within three deviations (Vedaldi & Soatto
/// 2008, Quick Shift and Kernel Methods for Mode Seeking, section 2); pixels that are linked, and
/// connected, are a piece. Colours are scaled as by slic(). How many pieces there are is the
/// picture's affair. Of pixels of one density the first in reading order counts as the denser, of
/// places equally near the first is taken. Throws ShapeError unless the picture is `[1,C,H,W]`,
/// ArgumentError unless the kernel is positive and at most 64, and distance and ratio are positive.
Superpixels quickshift(const Tensor& picture, const QuickshiftOptions& options = {});

}  // namespace cameo::explain
