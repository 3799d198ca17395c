#include "explain/boxes.h"

#include <algorithm>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/components.h"

namespace cameo::explain {

namespace {

void check_map(const Tensor& map) {
  if (map.rank() != 2 || map.size() == 0) {
    throw ShapeError("boxes: expected a map [H,W], got " + to_string(map.shape()));
  }
}

}  // namespace

std::int64_t area(const Box& box) {
  return std::max<std::int64_t>(0, box.right - box.left) *
         std::max<std::int64_t>(0, box.bottom - box.top);
}

double intersection_over_union(const Box& a, const Box& b) {
  const Box common{.left = std::max(a.left, b.left),
                   .top = std::max(a.top, b.top),
                   .right = std::min(a.right, b.right),
                   .bottom = std::min(a.bottom, b.bottom)};
  const std::int64_t together = area(a) + area(b) - area(common);
  return together > 0 ? static_cast<double>(area(common)) / static_cast<double>(together) : 0.0;
}

bool contains(const Box& box, const Position& position) {
  return position.column >= box.left && position.column < box.right && position.row >= box.top &&
         position.row < box.bottom;
}

std::optional<Box> largest_component_box(const Tensor& map, const BoxOptions& options) {
  check_map(map);
  if (!(options.share >= 0.0F && options.share <= 1.0F)) {
    throw ArgumentError("boxes: the share of the maximum must be in 0…1, got " +
                        std::to_string(options.share));
  }
  const auto values = map.data();
  const float maximum = *std::max_element(values.begin(), values.end());
  if (!all_finite(map) || maximum <= 0.0F) return std::nullopt;
  const float threshold = options.share * maximum;
  std::vector<char> mask(values.size());
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const bool above = values[i] > threshold || (options.inclusive && values[i] == threshold);
    mask[i] = above ? 1 : 0;
  }
  const std::vector<Component> components =
      connected_components(mask, map.dim(0), map.dim(1), options.connectivity);
  // max_element gives the first of equal ones.
  const auto largest =
      std::max_element(components.begin(), components.end(),
                       [](const Component& a, const Component& b) { return a.pixels < b.pixels; });
  if (largest == components.end()) return std::nullopt;
  return largest->box;
}

std::optional<Position> maximum_position(const Tensor& map) {
  check_map(map);
  if (!all_finite(map)) return std::nullopt;
  const auto values = map.data();
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*least == *most && values.size() > 1) return std::nullopt;
  // minmax_element gives the last maximum, max_element the first.
  const std::int64_t index = std::max_element(values.begin(), values.end()) - values.begin();
  return Position{.row = index / map.dim(1), .column = index % map.dim(1)};
}

bool points_into(const Tensor& map, const Box& box) {
  const std::optional<Position> position = maximum_position(map);
  return position && contains(box, *position);
}

Tensor box_mask(std::span<const Box> boxes, std::int64_t height, std::int64_t width) {
  Tensor mask({height, width});
  const std::span<float> out = mask.mutable_data();
  for (const Box& box : boxes) {
    for (std::int64_t y = std::max<std::int64_t>(0, box.top); y < std::min(height, box.bottom);
         ++y) {
      for (std::int64_t x = std::max<std::int64_t>(0, box.left); x < std::min(width, box.right);
           ++x) {
        out[static_cast<std::size_t>(y * width + x)] = 1.0F;
      }
    }
  }
  return mask;
}

std::optional<double> energy_inside(const Tensor& map, const Tensor& mask) {
  if (map.rank() != 2 || map.shape() != mask.shape()) {
    throw ShapeError("energy_inside: expected a map and a mask [H,W], got " +
                     to_string(map.shape()) + " and " + to_string(mask.shape()));
  }
  if (!all_finite(map)) return std::nullopt;
  double inside = 0.0;
  double total = 0.0;
  for (std::size_t i = 0; i < map.data().size(); ++i) {
    const double value = std::max(map.data()[i], 0.0F);
    total += value;
    if (mask.data()[i] != 0.0F) inside += value;
  }
  if (total <= 0.0) return std::nullopt;
  return inside / total;
}

std::optional<double> energy_inside(const Tensor& map, const Box& box) {
  if (map.rank() != 2) {
    throw ShapeError("energy_inside: expected a map [H,W], got " + to_string(map.shape()));
  }
  return energy_inside(map, box_mask(std::span(&box, 1), map.dim(0), map.dim(1)));
}

}  // namespace cameo::explain
