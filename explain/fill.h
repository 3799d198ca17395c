/// What stands in for the part of a picture that is taken away.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

enum class Fill {
  kZero,  ///< 0 as the network takes it: the mean colour where the preprocessing subtracts a mean
  kGrey,  ///< per channel half-way between the picture's least and greatest value
  kMean,  ///< the picture's mean per channel
  kBlur,  ///< the picture blurred by a Gaussian of 1/20 of its longer side
};

/// "zero", "grey", "mean", "blur"
std::vector<std::string> fill_names();
/// Throws LookupError with close matches.
Fill find_fill(std::string_view name);

/// The picture `[1,C,H,W]` under a Gaussian of the deviation `sigma` in pixels, cut off at three of
/// them; at the border the weight that is missing is left out. Throws ShapeError for another shape,
/// ArgumentError for a deviation that is not positive.
Tensor gaussian_blur(const Tensor& picture, double sigma);

/// A picture of the same shape `[1,C,H,W]` to take the values from.
Tensor fill_picture(const Tensor& picture, Fill fill);

}  // namespace cameo::explain
