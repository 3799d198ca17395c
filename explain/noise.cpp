#include "explain/noise.h"

#include <algorithm>

#include "core/random.h"

namespace cameo::explain {

PictureSeries noisy_copies(const Tensor& picture, const NoiseOptions& options) {
  const auto [low, high] = std::minmax_element(picture.data().begin(), picture.data().end());
  const double unit = options.unit == NoiseUnit::kRange ? static_cast<double>(*high) - *low : 1.0;
  const auto deviation = static_cast<float>(options.noise * unit);
  const auto add_noise = [picture, deviation, seed = options.seed](std::int64_t index,
                                                                   std::span<float> copy) {
    Random random({seed, static_cast<std::uint64_t>(index)});
    const std::span<const float> values = picture.data();
    for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = values[i] + deviation * random.normal();
  };
  return {.shape = picture.shape(),
          .count = options.samples,
          .batch = options.batch,
          .fill = add_noise};
}

}  // namespace cameo::explain
