#include "explain/smooth_mask.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

constexpr double kTemperature = 1.0 / 20.0;

/// `f(i)` for 0 … count-1, in parallel.
template <typename F>
std::vector<double> for_indices(std::int64_t count, F f) {
  std::vector<double> result(static_cast<std::size_t>(count));
  parallel_for(count, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) result[static_cast<std::size_t>(i)] = f(i);
  });
  return result;
}

}  // namespace

SmoothMask::SmoothMask(std::int64_t cells, double sigma)
    : cells_(cells), reach_(static_cast<std::int64_t>(std::ceil(2.0 * sigma)) + 1) {
  if (cells < 1 || !(sigma > 0.0)) {
    throw ArgumentError("smooth mask: cells and deviation must be positive");
  }
  for (std::int64_t y = 0; y <= reach_; ++y) {
    for (std::int64_t x = 0; x <= reach_; ++x) {
      const double beyond =
          std::max(0.0, std::hypot(static_cast<double>(y), static_cast<double>(x)) - 1.0);
      kernel_.push_back(std::exp(-0.5 * beyond * beyond / (sigma * sigma)));
    }
  }
}

std::size_t SmoothMask::parameters() const { return static_cast<std::size_t>(side() * side()); }

double SmoothMask::kernel(std::int64_t down, std::int64_t right) const {
  return kernel_[static_cast<std::size_t>(std::abs(down) * (reach_ + 1) + std::abs(right))];
}

template <typename F>
void SmoothMask::for_each_parameter(std::int64_t cell, F visit) const {
  const std::int64_t corner = cell / cells_ * side() + cell % cells_;
  for (std::int64_t y = 0; y <= 2 * reach_; ++y) {
    for (std::int64_t x = 0; x <= 2 * reach_; ++x) {
      visit(static_cast<std::size_t>(corner + y * side() + x), kernel(y - reach_, x - reach_));
    }
  }
}

template <typename F>
void SmoothMask::for_each_cell(std::int64_t parameter, F visit) const {
  const std::int64_t row = parameter / side() - reach_;
  const std::int64_t column = parameter % side() - reach_;
  const std::int64_t last_row = std::min(cells_ - 1, row + reach_);
  const std::int64_t last_column = std::min(cells_ - 1, column + reach_);
  for (std::int64_t y = std::max<std::int64_t>(0, row - reach_); y <= last_row; ++y) {
    for (std::int64_t x = std::max<std::int64_t>(0, column - reach_); x <= last_column; ++x) {
      visit(static_cast<std::size_t>(y * cells_ + x), kernel(y - row, x - column));
    }
  }
}

Tensor SmoothMask::mask(std::span<const double> parameters) const {
  const std::vector<double> values = for_indices(cells_ * cells_, [&](std::int64_t cell) {
    double weight = 0.0;
    double total = 0.0;
    for_each_parameter(cell, [&](std::size_t u, double k) {
      const double value = k * parameters[u];
      const double share = std::exp(value / kTemperature);
      weight += share;
      total += share * value;
    });
    return total / weight;
  });
  const std::vector<float> rounded(values.begin(), values.end());
  return Tensor({cells_, cells_}, std::span<const float>(rounded));
}

std::vector<double> SmoothMask::transposed(std::span<const double> parameters, const Tensor& mask,
                                           const Tensor& gradient) const {
  const std::vector<double> weight = for_indices(cells_ * cells_, [&](std::int64_t cell) {
    double total = 0.0;
    for_each_parameter(cell, [&](std::size_t u, double k) {
      total += std::exp(k * parameters[u] / kTemperature);
    });
    return total;
  });
  const std::span<const float> most = mask.data();
  const std::span<const float> by_mask = gradient.data();
  return for_indices(side() * side(), [&](std::int64_t u) {
    const double parameter = parameters[static_cast<std::size_t>(u)];
    double total = 0.0;
    for_each_cell(u, [&](std::size_t cell, double k) {
      const double value = k * parameter;
      const double share = std::exp(value / kTemperature) / weight[cell];
      total += by_mask[cell] * share * (1.0 + (value - most[cell]) / kTemperature) * k;
    });
    return total;
  });
}

}  // namespace cameo::explain
