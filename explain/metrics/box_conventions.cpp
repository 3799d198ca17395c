#include "explain/metrics/box_conventions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/components.h"

namespace cameo::explain {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_map(const Tensor& map) {
  if (map.rank() == 2 && map.size() > 0) return;
  throw ShapeError("boxes: expected a map [H,W], got " + to_string(map.shape()));
}

/// The lower envelope of the parabolas that stand on `values`, `step` apart, in place.
void transform_line(double* values, std::int64_t count, std::int64_t step) {
  std::vector<double> heights(static_cast<std::size_t>(count));
  std::vector<std::int64_t> feet;  // of the parabolas in the envelope
  std::vector<double> starts;      // where each of them begins to be lowest
  for (std::int64_t q = 0; q < count; ++q) {
    const double height = heights[static_cast<std::size_t>(q)] = values[q * step];
    if (height == kInfinity) continue;
    double start = -kInfinity;
    while (!feet.empty()) {
      const std::int64_t p = feet.back();
      const double other = heights[static_cast<std::size_t>(p)];
      start = (height + static_cast<double>(q * q) - other - static_cast<double>(p * p)) /
              static_cast<double>(2 * (q - p));
      if (start > starts.back()) break;
      feet.pop_back();
      starts.pop_back();
      start = -kInfinity;
    }
    feet.push_back(q);
    starts.push_back(start);
  }
  if (feet.empty()) return;
  std::size_t lowest = 0;
  for (std::int64_t q = 0; q < count; ++q) {
    while (lowest + 1 < feet.size() && starts[lowest + 1] < static_cast<double>(q)) ++lowest;
    const std::int64_t away = q - feet[lowest];
    values[q * step] =
        heights[static_cast<std::size_t>(feet[lowest])] + static_cast<double>(away * away);
  }
}

/// Distances scaled to 0 … 255 and rounded; those above 10 are set.
std::vector<char> core_pixels(std::span<const char> mask, std::int64_t height, std::int64_t width) {
  constexpr double kLeast = 10.0;
  std::vector<double> distances = squared_distances(mask, height, width);
  for (double& distance : distances) distance = std::sqrt(distance);
  const auto [least, most] = std::minmax_element(distances.begin(), distances.end());
  const double low = *least;
  const double range = *most - low;
  // Without any background the whole picture is one area.
  if (low == kInfinity) return std::vector<char>(mask.size(), 1);
  std::vector<char> core(mask.size(), 0);
  if (range == 0.0) return core;
  for (std::size_t i = 0; i < core.size(); ++i) {
    core[i] = std::round((distances[i] - low) * 255.0 / range) > kLeast ? 1 : 0;
  }
  return core;
}

/// As the program cuts them off, in x, y, width and height.
Box cut_off(const Box& box, std::int64_t height, std::int64_t width) {
  constexpr std::int64_t kMargin = 5;
  const std::int64_t left = std::max<std::int64_t>(0, std::min(box.left, width - kMargin));
  const std::int64_t top = std::max<std::int64_t>(0, std::min(box.top, height - kMargin));
  return {
      .left = left,
      .top = top,
      .right = left + std::clamp<std::int64_t>(width - left - kMargin, 0, box.right - box.left),
      .bottom = top + std::clamp<std::int64_t>(height - top - kMargin, 0, box.bottom - box.top)};
}

std::int64_t common_area(const Box& a, const Box& b) {
  return area({.left = std::max(a.left, b.left),
               .top = std::max(a.top, b.top),
               .right = std::min(a.right, b.right),
               .bottom = std::min(a.bottom, b.bottom)});
}

/// Drops boxes that mostly lie in a larger one.
void drop_overlapping(std::vector<Box>& boxes) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t j = i + 1; j < boxes.size(); ++j) {
      const std::int64_t larger = std::max(area(boxes[i]), area(boxes[j]));
      if (2 * common_area(boxes[i], boxes[j]) <= larger) continue;
      // What moves up to place j is not looked at: so it is in the program.
      boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
}

}  // namespace

std::vector<double> squared_distances(std::span<const char> mask, std::int64_t height,
                                      std::int64_t width) {
  if (height * width != std::ssize(mask)) {
    throw ShapeError("distances: expected " + std::to_string(height * width) + " pixels, got " +
                     std::to_string(mask.size()));
  }
  std::vector<double> distances(mask.size());
  for (std::size_t i = 0; i < mask.size(); ++i) distances[i] = mask[i] != 0 ? kInfinity : 0.0;
  for (std::int64_t x = 0; x < width; ++x) transform_line(distances.data() + x, height, width);
  for (std::int64_t y = 0; y < height; ++y) transform_line(distances.data() + y * width, width, 1);
  return distances;
}

std::vector<Box> cam_code_boxes(std::span<const std::uint8_t> heat, std::int64_t height,
                                std::int64_t width) {
  constexpr std::array<int, 3> kThresholds{20, 100, 110};
  std::vector<Box> boxes;
  for (const int threshold : kThresholds) {
    std::vector<char> mask(heat.size());
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = heat[i] > threshold ? 1 : 0;
    for (const Box& box : outline_boxes(core_pixels(mask, height, width), height, width)) {
      boxes.push_back(cut_off(box, height, width));
    }
  }
  std::erase_if(boxes, [](const Box& box) { return area(box) == 0; });
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const Box& a, const Box& b) { return area(a) > area(b); });
  drop_overlapping(boxes);
  return boxes;
}

std::vector<Box> cam_code_boxes(const Tensor& map) {
  check_map(map);
  const float most = *std::max_element(map.data().begin(), map.data().end());
  if (!all_finite(map) || most <= 0.0F) return {};
  std::vector<std::uint8_t> heat(map.data().size());
  for (std::size_t i = 0; i < heat.size(); ++i) {
    const double level = std::round(255.0 * std::max(map.data()[i], 0.0F) / most);
    heat[i] = static_cast<std::uint8_t>(level);
  }
  return cam_code_boxes(heat, map.dim(0), map.dim(1));
}

std::vector<Box> threshold_boxes(const Tensor& map, double share) {
  check_map(map);
  std::vector<int> levels;
  for (const float value : map.data()) {
    if (!(value >= 0.0F && value <= 1.0F)) {
      throw ArgumentError("boxes: expected a map of 0 … 1, it has " + std::to_string(value));
    }
    levels.push_back(static_cast<int>(value * 255.0F));
  }
  const int most = *std::max_element(levels.begin(), levels.end());
  const int threshold = static_cast<int>(share * most);
  std::vector<char> mask(levels.size());
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = levels[i] > threshold ? 1 : 0;
  const std::int64_t width = map.dim(1);
  const auto components = connected_components(mask, map.dim(0), width, Connectivity::kEight);
  std::vector<Box> boxes = outline_boxes(mask, map.dim(0), width);
  if (components.empty()) return boxes;
  std::vector<double> areas;
  areas.reserve(components.size());
  for (const Component& component : components) {
    areas.push_back(outline_area(mask, width, component));
  }
  const auto largest = std::max_element(areas.begin(), areas.end()) - areas.begin();
  std::swap(boxes.front(), boxes[static_cast<std::size_t>(largest)]);
  // The last column and row are the farthest a box may reach, and it is taken to include its end.
  for (Box& box : boxes) {
    box.right = std::min(box.right, width - 1) + 1;
    box.bottom = std::min(box.bottom, map.dim(0) - 1) + 1;
  }
  return boxes;
}

std::vector<Box> convention_boxes(const Tensor& map, BoxConvention convention, double share) {
  if (convention == BoxConvention::kCamCode) return cam_code_boxes(map);
  if (convention == BoxConvention::kMaxBox) return threshold_boxes(map, share);
  const float own = convention == BoxConvention::kCam ? 0.2F : 0.15F;
  const std::optional<Box> box = largest_component_box(map, {.share = own});
  return box ? std::vector<Box>{*box} : std::vector<Box>{};
}

}  // namespace cameo::explain
