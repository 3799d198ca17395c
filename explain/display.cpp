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
ValueRange range_of(const Tensor& map, Scaling scaling) {
  const auto [least, most] = std::minmax_element(map.data().begin(), map.data().end());
  if (scaling == Scaling::kMinMax) return {*least, *most};
  if (scaling == Scaling::kMaximum) return {0.0F, std::max(*most, 0.0F)};
  const float reach = std::max(std::abs(*least), std::abs(*most));
  return {-reach, reach};
}

Tensor resized(const Explanation& explanation, const Tensor& flat, std::int64_t height,
               std::int64_t width, const DisplayOptions& options) {
  const bool cells = explanation.kind == MapKind::kLayer && !explanation.at_pixels.defined();
  if (options.cells && cells) return resize_map(flat, height, width, *options.cells);
  return resize_map(flat, height, width, options.upsampling);
}

bool is_finite(const Explanation& explanation) {
  return all_finite(explanation.map) && all_finite(explanation.signed_map);
}

/// How negative the evidence is where it is negative everywhere, from zero up.
Explanation negated(const Explanation& explanation) {
  Explanation result = explanation;
  result.map = cameo::map(explanation.signed_map, [](float v) { return -v; });
  result.signed_map = result.map;
  return result;
}

}  // namespace

ValueRange join(std::span<const ValueRange> ranges) {
  if (ranges.empty()) return {};
  ValueRange joined = ranges.front();
  for (const ValueRange& range : ranges) {
    joined.low = std::min(joined.low, range.low);
    joined.high = std::max(joined.high, range.high);
  }
  return joined;
}

bool all_evidence_negative(const Explanation& explanation) {
  const auto values = explanation.signed_map.data();
  return std::any_of(values.begin(), values.end(), [](float v) { return v < 0.0F; }) &&
         std::none_of(values.begin(), values.end(), [](float v) { return v > 0.0F; });
}

Tensor display_values(const Explanation& explanation, std::int64_t height, std::int64_t width,
                      const DisplayOptions& options) {
  return resized(explanation, flat_map(explanation, options.scaling), height, width, options);
}

Display display_map(const Explanation& explanation, std::int64_t height, std::int64_t width,
                    const DisplayOptions& options) {
  if (options.counterfactual && options.scaling == Scaling::kMaximum &&
      explanation.kind == MapKind::kLayer && is_finite(explanation) &&
      all_evidence_negative(explanation)) {
    DisplayOptions rest = options;
    rest.counterfactual = false;
    if (rest.range) rest.range = std::nullopt;
    Display display = display_map(negated(explanation), height, width, rest);
    display.counterfactual = true;
    display.high = -display.high;
    return display;
  }
  const float zero = options.scaling == Scaling::kSymmetric ? 0.5F : 0.0F;
  Display display{.map = Tensor({height, width}, zero)};
  if (!is_finite(explanation)) return display;
  const Tensor map = display_values(explanation, height, width, options);
  if (!all_finite(map)) return display;
  const ValueRange own = range_of(map, options.scaling);
  if (own.high <= own.low && !options.range) {
    display.low = own.low;
    display.high = own.high;
    return display;
  }
  const auto [low, high] = options.range.value_or(own);
  display.low = low;
  display.high = high;
  // In double the range of two floats neither overflows nor vanishes.
  const double range = static_cast<double>(high) - low;
  if (range <= 0.0) return display;
  display.blank = own.high <= own.low;
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
