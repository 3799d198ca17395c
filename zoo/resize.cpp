#include "zoo/resize.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::zoo {

namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr std::int64_t kGrainBytes = 1 << 18;

/// The source pixels one output pixel is made of.
struct Window {
  std::int64_t first = 0;
  std::vector<std::int32_t> weights;  // fixed point, kPrecisionBits after the point
};

/// A filter's shape over the distance in source pixels.
struct Kernel {
  double radius;
  double (*weight)(double distance);
};

double tent(double x) { return std::max(0.0, 1.0 - x); }

double cubic(double x) {
  constexpr double kA = -0.5;
  if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * kA;
  return 0.0;
}

Kernel kernel_of(ResizeFilter filter) {
  return filter == ResizeFilter::kBicubic ? Kernel{2.0, cubic} : Kernel{1.0, tent};
}

Window make_window(const Kernel& kernel, std::int64_t source_size, double scale,
                   std::int64_t index) {
  const double filter_scale = std::max(scale, 1.0);
  const double support = kernel.radius * filter_scale;
  const double center = (static_cast<double>(index) + 0.5) * scale;
  const auto first =
      std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(center - support + 0.5)), 0);
  const auto last =
      std::min(static_cast<std::int64_t>(std::floor(center + support + 0.5)), source_size);
  std::vector<double> weights;
  double sum = 0.0;
  const double inverse_scale = 1.0 / filter_scale;
  for (std::int64_t x = first; x < last; ++x) {
    const double distance = std::abs((static_cast<double>(x) - center + 0.5) * inverse_scale);
    weights.push_back(kernel.weight(distance));
    sum += weights.back();
  }
  Window window{first, {}};
  for (const double weight : weights) {
    const double share = sum != 0.0 ? weight / sum : weight;
    window.weights.push_back(static_cast<std::int32_t>(std::lround(share * (1 << kPrecisionBits))));
  }
  return window;
}

std::vector<Window> make_windows(ResizeFilter filter, std::int64_t source_size,
                                 std::int64_t target_size) {
  const Kernel kernel = kernel_of(filter);
  const double scale = static_cast<double>(source_size) / static_cast<double>(target_size);
  std::vector<Window> windows;
  windows.reserve(static_cast<std::size_t>(target_size));
  for (std::int64_t i = 0; i < target_size; ++i) {
    windows.push_back(make_window(kernel, source_size, scale, i));
  }
  return windows;
}

constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);

std::uint8_t to_level(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

std::int64_t rows_per_piece(const Image& image) {
  return std::max<std::int64_t>(1, kGrainBytes / (image.width * Image::kChannels));
}

Image resize_width(const Image& image, std::int64_t width, ResizeFilter filter) {
  const std::vector<Window> windows = make_windows(filter, image.width, width);
  Image result(width, image.height);
  parallel_for(image.height, rows_per_piece(image), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      std::uint8_t* out = result.at(0, y);
      for (const Window& window : windows) {
        const std::uint8_t* in = image.at(window.first, y);
        std::int32_t red = kHalf;
        std::int32_t green = kHalf;
        std::int32_t blue = kHalf;
        for (const std::int32_t weight : window.weights) {
          red += in[0] * weight;
          green += in[1] * weight;
          blue += in[2] * weight;
          in += Image::kChannels;
        }
        out[0] = to_level(red);
        out[1] = to_level(green);
        out[2] = to_level(blue);
        out += Image::kChannels;
      }
    }
  });
  return result;
}

Image resize_height(const Image& image, std::int64_t height, ResizeFilter filter) {
  const std::vector<Window> windows = make_windows(filter, image.height, height);
  Image result(image.width, height);
  const auto row_bytes = static_cast<std::size_t>(image.width * Image::kChannels);
  parallel_for(height, rows_per_piece(image), [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::int32_t> sums(row_bytes);
    for (std::int64_t y = begin; y < end; ++y) {
      const Window& window = windows[static_cast<std::size_t>(y)];
      std::fill(sums.begin(), sums.end(), kHalf);
      const std::uint8_t* in = image.at(0, window.first);
      for (const std::int32_t weight : window.weights) {
        for (std::size_t i = 0; i < row_bytes; ++i) sums[i] += in[i] * weight;
        in += row_bytes;
      }
      std::transform(sums.begin(), sums.end(), result.at(0, y), to_level);
    }
  });
  return result;
}

}  // namespace

Image resize(const Image& image, std::int64_t width, std::int64_t height, ResizeFilter filter) {
  if (width < 1 || height < 1) {
    throw ArgumentError("resize: a size of at least 1x1 was expected, " + std::to_string(width) +
                        "x" + std::to_string(height) + " came");
  }
  constexpr std::int64_t kMostPixels = ImageLimits{}.max_pixels;
  if (width > kMostPixels / height) {
    throw ArgumentError("resize: " + std::to_string(width) + "x" + std::to_string(height) +
                        " pixels are more than " + std::to_string(kMostPixels));
  }
  // A pass that keeps the size changes nothing, so it is left out as Pillow does.
  const Image narrowed = width == image.width ? image : resize_width(image, width, filter);
  return height == image.height ? narrowed : resize_height(narrowed, height, filter);
}

Image resize_short_side(const Image& image, std::int64_t side, ResizeFilter filter) {
  const std::int64_t shorter = std::min(image.width, image.height);
  const std::int64_t longer = std::max(image.width, image.height);
  if (shorter < 1) throw ArgumentError("resize: an empty picture");
  const std::int64_t scaled = side * longer / shorter;
  return image.width <= image.height ? resize(image, side, scaled, filter)
                                     : resize(image, scaled, side, filter);
}

Image center_crop(const Image& image, std::int64_t width, std::int64_t height) {
  const auto offset = [](std::int64_t total, std::int64_t part) {
    return std::llrint(static_cast<double>(total - part) / 2.0);
  };
  return crop(image, offset(image.width, width), offset(image.height, height), width, height);
}

}  // namespace cameo::zoo
