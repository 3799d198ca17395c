#include "explain/resize_transposed.h"

#include <utility>
#include <vector>

#include "core/error.h"

namespace cameo::explain {

namespace {

Tensor identity(std::int64_t size) {
  Tensor result({size, size});
  for (std::int64_t i = 0; i < size; ++i) {
    result.mutable_data()[static_cast<std::size_t>(i * (size + 1))] = 1.0F;
  }
  return result;
}

/// weightsᵀ·lines, where row i of `weights` says what line i was mixed from.
Tensor unmix(const Tensor& weights, const Tensor& lines) {
  const auto mixed = static_cast<std::size_t>(weights.dim(0));
  const auto count = static_cast<std::size_t>(weights.dim(1));
  const auto length = static_cast<std::size_t>(lines.dim(1));
  std::vector<double> totals(count * length, 0.0);
  for (std::size_t i = 0; i < mixed; ++i) {
    for (std::size_t k = 0; k < count; ++k) {
      const double weight = weights.data()[i * count + k];
      if (weight == 0.0) continue;
      for (std::size_t x = 0; x < length; ++x) {
        totals[k * length + x] += weight * lines.data()[i * length + x];
      }
    }
  }
  const std::vector<float> rounded(totals.begin(), totals.end());
  return Tensor({weights.dim(1), lines.dim(1)}, std::span<const float>(rounded));
}

Tensor transposed(const Tensor& matrix) {
  Tensor result({matrix.dim(1), matrix.dim(0)});
  const auto rows = static_cast<std::size_t>(matrix.dim(0));
  const auto columns = static_cast<std::size_t>(matrix.dim(1));
  for (std::size_t i = 0; i < rows * columns; ++i) {
    result.mutable_data()[i % columns * rows + i / columns] = matrix.data()[i];
  }
  return result;
}

}  // namespace

Tensor resize_map_transposed(const Tensor& gradient, std::int64_t height, std::int64_t width,
                             Upsampling upsampling) {
  if (gradient.rank() != 2 || gradient.size() == 0) {
    throw ShapeError("resize_map_transposed: expected a gradient [H,W], got " +
                     to_string(gradient.shape()));
  }
  if (height < 1 || width < 1) {
    throw ArgumentError("resize_map_transposed: the size must be at least 1x1, got " +
                        std::to_string(height) + "x" + std::to_string(width));
  }
  // Resizing the rows of an identity gives the weights by which rows are mixed.
  const Tensor rows = resize_map(identity(height), gradient.dim(0), height, upsampling);
  const Tensor columns = resize_map(identity(width), gradient.dim(1), width, upsampling);
  return transposed(unmix(columns, transposed(unmix(rows, gradient))));
}

}  // namespace cameo::explain
