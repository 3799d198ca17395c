/// Noisy copies of a picture.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/tensor.h"
#include "explain/picture_gradients.h"

namespace cameo::explain {

/// What the standard deviation of noise is a multiple of.
enum class NoiseUnit {
  kRange,     ///< the picture's greatest less its least value
  kAbsolute,  ///< 1 in preprocessed values
};
inline constexpr std::array<std::string_view, 2> kNoiseUnitNames{"range", "absolute"};

struct NoiseOptions {
  std::int64_t samples = 50;
  double noise = 0.15;  ///< standard deviation, in `unit`
  NoiseUnit unit = NoiseUnit::kRange;
  std::uint64_t seed = 0;
  std::int64_t batch = 8;
};

/// The picture `[1,C,H,W]` with Gaussian noise, copy by copy; a copy's noise depends on the seed
/// and its number alone.
PictureSeries noisy_copies(const Tensor& picture, const NoiseOptions& options);

}  // namespace cameo::explain
