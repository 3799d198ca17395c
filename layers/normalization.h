/// Bringing pixel values to zero mean and unit variance.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace cameo {

/// (x - mean) / std per channel; empty vectors leave pictures as they are.
struct Normalization {
  std::vector<float> mean{};
  std::vector<float> std{};
};

/// Throws ArgumentError unless there is one mean and one positive deviation per channel, or none.
void check_normalization(const Normalization& normalization, std::int64_t channels);

/// Normalises pictures `[N,C,H,W]` in place.
void normalize(Tensor& images, const Normalization& normalization);

}  // namespace cameo
