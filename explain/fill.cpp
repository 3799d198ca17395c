#include "explain/fill.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/names.h"

namespace cameo::explain {

namespace {

constexpr std::array<std::pair<std::string_view, Fill>, 4> kFills{
    {{"zero", Fill::kZero}, {"grey", Fill::kGrey}, {"mean", Fill::kMean}, {"blur", Fill::kBlur}}};

double middle(std::span<const float> plane) {
  const auto [least, most] = std::minmax_element(plane.begin(), plane.end());
  return (static_cast<double>(*least) + *most) / 2.0;
}

double mean(std::span<const float> plane) {
  return std::accumulate(plane.begin(), plane.end(), 0.0) / static_cast<double>(plane.size());
}

/// The weights of a Gaussian at 0, 1, 2, … pixels from its centre, cut off at three sigma.
std::vector<double> half_kernel(double sigma) {
  std::vector<double> weights;
  for (int i = 0; i <= std::ceil(3.0 * sigma); ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
  }
  return weights;
}

/// Blurs lines of `count` values, `step` apart; the border's missing weight is left out.
void blur_line(const float* in, float* out, std::int64_t count, std::int64_t step,
               std::span<const double> weights) {
  const auto reach = static_cast<std::int64_t>(weights.size()) - 1;
  for (std::int64_t i = 0; i < count; ++i) {
    double total = 0.0;
    double weight = 0.0;
    for (std::int64_t j = std::max<std::int64_t>(0, i - reach); j <= std::min(count - 1, i + reach);
         ++j) {
      const double w = weights[static_cast<std::size_t>(std::abs(i - j))];
      total += w * in[j * step];
      weight += w;
    }
    out[i * step] = static_cast<float>(total / weight);
  }
}

}  // namespace

std::vector<std::string> fill_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kFills));
  for (const auto& entry : kFills) names.emplace_back(entry.first);
  return names;
}

Fill find_fill(std::string_view name) {
  for (const auto& [known, fill] : kFills) {
    if (known == name) return fill;
  }
  throw LookupError(unknown_name_message("fill", name, fill_names()));
}

Tensor gaussian_blur(const Tensor& picture, double sigma) {
  if (picture.rank() != 4 || picture.dim(0) != 1) {
    throw ShapeError("blur: expected one picture [1,C,H,W], got " + to_string(picture.shape()));
  }
  if (!(sigma > 0.0)) throw ArgumentError("blur: the deviation must be positive");
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  const std::vector<double> weights = half_kernel(sigma);
  Tensor rows = Tensor::uninitialized(picture.shape());
  Tensor result = Tensor::uninitialized(picture.shape());
  const float* in = picture.data().data();
  float* half = rows.mutable_data().data();
  float* out = result.mutable_data().data();
  for (std::int64_t line = 0; line < picture.dim(1) * height; ++line) {
    blur_line(in + line * width, half + line * width, width, 1, weights);
  }
  for (std::int64_t c = 0; c < picture.dim(1); ++c) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t start = c * height * width + x;
      blur_line(half + start, out + start, height, width, weights);
    }
  }
  return result;
}

Tensor fill_picture(const Tensor& picture, Fill fill) {
  Tensor result(picture.shape());
  if (fill == Fill::kZero) return result;
  if (fill == Fill::kBlur) {
    return gaussian_blur(picture,
                         static_cast<double>(std::max(picture.dim(2), picture.dim(3))) / 20.0);
  }
  const std::span<float> out = result.mutable_data();
  const auto area = static_cast<std::size_t>(picture.dim(2) * picture.dim(3));
  for (std::size_t start = 0; start < out.size(); start += area) {
    const auto plane = picture.data().subspan(start, area);
    const double value = fill == Fill::kGrey ? middle(plane) : mean(plane);
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(start), area, static_cast<float>(value));
  }
  return result;
}

}  // namespace cameo::explain
