#include "explain/boxes.h"

#include <algorithm>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"

namespace cameo::explain {

namespace {

void check_map(const Tensor& map) {
  if (map.rank() != 2 || map.size() == 0) {
    throw ShapeError("boxes: expected a map [H,W], got " + to_string(map.shape()));
  }
}

struct Component {
  Box box;
  std::int64_t pixels = 0;
};

/// Flood fill over a mask of height x width, row by row.
class Components {
 public:
  Components(std::vector<char> mask, std::int64_t height, std::int64_t width,
             Connectivity connectivity)
      : mask_(std::move(mask)), height_(height), width_(width), connectivity_(connectivity) {}

  Component largest() && {
    Component best;
    for (std::int64_t start = 0; start < height_ * width_; ++start) {
      if (!mask_[static_cast<std::size_t>(start)]) continue;
      const Component component = take(start);
      if (component.pixels > best.pixels) best = component;
    }
    return best;
  }

 private:
  /// Removes the component of pixel `start` from the mask.
  Component take(std::int64_t start) {
    Component component{.box = {.left = width_, .top = height_, .right = 0, .bottom = 0}};
    visit(start / width_, start % width_);
    while (!open_.empty()) {
      const auto [row, column] = open_.back();
      open_.pop_back();
      ++component.pixels;
      Box& box = component.box;
      box = {.left = std::min(box.left, column),
             .top = std::min(box.top, row),
             .right = std::max(box.right, column + 1),
             .bottom = std::max(box.bottom, row + 1)};
      for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
          if (connectivity_ == Connectivity::kEight || dy == 0 || dx == 0) {
            visit(row + dy, column + dx);
          }
        }
      }
    }
    return component;
  }

  void visit(std::int64_t row, std::int64_t column) {
    if (row < 0 || row >= height_ || column < 0 || column >= width_) return;
    char& set = mask_[static_cast<std::size_t>(row * width_ + column)];
    if (!set) return;
    set = 0;
    open_.push_back({row, column});
  }

  std::vector<char> mask_;
  std::int64_t height_;
  std::int64_t width_;
  Connectivity connectivity_;
  std::vector<Position> open_;
};

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
  const Component component =
      Components(std::move(mask), map.dim(0), map.dim(1), options.connectivity).largest();
  if (component.pixels == 0) return std::nullopt;
  return component.box;
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

std::optional<double> energy_inside(const Tensor& map, const Box& box) {
  if (map.rank() != 2) {
    throw ShapeError("energy_inside: expected a map [H,W], got " + to_string(map.shape()));
  }
  if (!all_finite(map)) return std::nullopt;
  const auto values = map.data();
  double inside = 0.0;
  double total = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = std::max(values[i], 0.0F);
    total += value;
    const auto at = static_cast<std::int64_t>(i);
    if (contains(box, {.row = at / map.dim(1), .column = at % map.dim(1)})) inside += value;
  }
  if (total <= 0.0) return std::nullopt;
  return inside / total;
}

}  // namespace cameo::explain
