#include "layers/normalization.h"

#include <cmath>
#include <string>

#include "core/error.h"

namespace cameo {

void check_normalization(const Normalization& normalization, std::int64_t channels) {
  const auto& [mean, std] = normalization;
  if (mean.empty() && std.empty()) return;
  const auto count = static_cast<std::size_t>(channels);
  if (mean.size() != count || std.size() != count) {
    throw ArgumentError("normalization: pictures of " + std::to_string(channels) +
                        " channels need as many means and deviations, got " +
                        std::to_string(mean.size()) + " and " + std::to_string(std.size()));
  }
  for (std::size_t c = 0; c < count; ++c) {
    if (!(std[c] > 0.0F) || !std::isfinite(std[c]) || !std::isfinite(mean[c])) {
      throw ArgumentError("normalization: means must be finite and deviations above 0, got " +
                          std::to_string(mean[c]) + " and " + std::to_string(std[c]));
    }
  }
}

void normalize(Tensor& images, const Normalization& normalization) {
  const std::int64_t channels = images.dim(1);
  check_normalization(normalization, channels);
  if (normalization.mean.empty() || images.size() == 0) return;
  const std::int64_t plane = images.dim(2) * images.dim(3);
  float* value = images.mutable_data().data();
  for (std::int64_t map = 0; map < images.dim(0) * channels; ++map) {
    const auto channel = static_cast<std::size_t>(map % channels);
    const float mean = normalization.mean[channel];
    const float scale = 1.0F / normalization.std[channel];
    for (std::int64_t i = 0; i < plane; ++i, ++value) *value = (*value - mean) * scale;
  }
}

}  // namespace cameo
