/// How alike two pictures look.
#pragma once

#include "core/tensor.h"

namespace cameo::explain {

/// SSIM (Wang, Bovik, Sheikh & Simoncelli 2004, Image Quality Assessment, equation 13) of two maps
/// `[H,W]` with values 0 … 1: Gaussian windows of 1.5 pixels cut at 5, K = 0.01 and 0.03, sample
/// covariances, the mean over the pixels whose window is whole (over all where there is none);
/// beyond the border values are mirrored. What scikit-image computes with gaussian_weights. Throws
/// ShapeError.
double structural_similarity(const Tensor& a, const Tensor& b);

}  // namespace cameo::explain
