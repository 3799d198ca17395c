/// Pictures that stand for "nothing there".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/tensor.h"

namespace cameo::explain {

enum class Baseline {
  kZero,     ///< zeros of the preprocessed picture: the data set's mean colour, where it normalises
  kBlurred,  ///< the picture under a Gaussian of 5 pixels, edges repeated
  kMean,     ///< each channel's mean over the picture
  kUniform,  ///< uniform noise between each channel's extremes; several are averaged over
};

/// Their names, in the order of the enumeration.
inline constexpr std::array<std::string_view, 4> kBaselineNames{"zero", "blurred", "mean",
                                                                "uniform"};

/// A baseline for the picture `[1,C,H,W]`, of its shape. `seed` and `index` choose the noise.
Tensor make_baseline(Baseline kind, const Tensor& picture, std::uint64_t seed, std::uint64_t index);

}  // namespace cameo::explain
