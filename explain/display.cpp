#include "explain/display.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/elementwise.h"
#include "core/error.h"

namespace cameo::explain {

namespace {

/// `[C,H,W]` to `[H,W]`, from 0 by `combine(so far, value)`.
template <typename F>
Tensor reduce_channels(const Tensor& pixels, F combine) {
  Tensor result({pixels.dim(1), pixels.dim(2)});
  const auto out = result.mutable_data();
  const auto in = pixels.data();
  for (std::size_t i = 0; i < in.size(); ++i) {
    float& value = out[i % out.size()];
    value = combine(value, in[i]);
  }
  return result;
}

Tensor flat_map(const Explanation& explanation, Scaling scaling) {
  if (explanation.at_pixels.defined()) return explanation.at_pixels;
  const bool symmetric = scaling == Scaling::kSymmetric;
  const Tensor& map = symmetric ? explanation.signed_map : explanation.map;
  if (map.rank() == 2) return map;
  if (symmetric) return reduce_channels(map, [](float sum, float v) { return sum + v; });
  return reduce_channels(map, [](float most, float v) { return std::max(most, std::abs(v)); });
}

/// The raw values that are painted as 0 and 1.
std::pair<float, float> range_of(const Tensor& map, Scaling scaling) {
  const auto [least, most] = std::minmax_element(map.data().begin(), map.data().end());
  if (scaling == Scaling::kMinMax) return {*least, *most};
  if (scaling == Scaling::kMaximum) return {0.0F, std::max(*most, 0.0F)};
  const float reach = std::max(std::abs(*least), std::abs(*most));
  return {-reach, reach};
}

}  // namespace

Display display_map(const Explanation& explanation, std::int64_t height, std::int64_t width,
                    const DisplayOptions& options) {
  const float zero = options.scaling == Scaling::kSymmetric ? 0.5F : 0.0F;
  Display display{.map = Tensor({height, width}, zero)};
  if (!all_finite(explanation.map) || !all_finite(explanation.signed_map)) return display;
  const Tensor map =
      resize_map(flat_map(explanation, options.scaling), height, width, options.upsampling);
  if (!all_finite(map)) return display;
  const auto [low, high] = range_of(map, options.scaling);
  display.low = low;
  display.high = high;
  // In double the range of two floats neither overflows nor vanishes.
  const double range = static_cast<double>(high) - low;
  if (range <= 0.0) return display;
  display.blank = false;
  const double start = low;
  display.map = cameo::map(map, [start, range](float v) {
    return static_cast<float>(std::clamp((v - start) / range, 0.0, 1.0));
  });
  return display;
}

Tensor gradient_picture(const Tensor& pixels, std::int64_t height, std::int64_t width) {
  if (pixels.rank() != 3 || (pixels.dim(0) != 1 && pixels.dim(0) != 3)) {
    throw ShapeError("gradient picture: expected [1,H,W] or [3,H,W], got " +
                     to_string(pixels.shape()));
  }
  Tensor picture({3, height, width}, 0.5F);
  if (!all_finite(pixels)) return picture;
  const Tensor resized = resize_map(pixels, height, width);
  float reach = 0.0F;
  for (const float value : resized.data()) reach = std::max(reach, std::abs(value));
  if (reach == 0.0F) return picture;
  const std::span<const float> in = resized.data();
  const std::span<float> out = picture.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.5F + in[i % in.size()] / reach * 0.5F;
  return picture;
}

}  // namespace cameo::explain
