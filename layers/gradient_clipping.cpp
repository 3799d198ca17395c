#include "layers/gradient_clipping.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/elementwise.h"

namespace cameo {

double sum_of_squares(const Tensor& x) {
  const std::span<const float> values = x.data();
  const std::int64_t chunks = (x.size() + kElementwiseGrain - 1) / kElementwiseGrain;
  std::vector<double> sums(static_cast<std::size_t>(chunks));
  parallel_for(chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      const std::int64_t first = chunk * kElementwiseGrain;
      const std::int64_t count = std::min(kElementwiseGrain, x.size() - first);
      double total = 0.0;
      for (const float v :
           values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count))) {
        total += static_cast<double>(v) * v;
      }
      sums[static_cast<std::size_t>(chunk)] = total;
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double global_norm(const Gradients& gradients) {
  double total = 0.0;
  for (const auto& [id, gradient] : gradients) total += sum_of_squares(gradient);
  return std::sqrt(total);
}

void clip_by_global_norm(Gradients& gradients, double norm, double max_norm) {
  if (!(norm > max_norm)) return;
  const auto factor = static_cast<float>(std::min(1.0, max_norm / (norm + 1e-6)));
  for (auto& [id, gradient] : gradients) {
    const std::span<float> values = gradient.mutable_data();
    parallel_for(gradient.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) values[static_cast<std::size_t>(i)] *= factor;
    });
  }
}

}  // namespace cameo
