#include "explain/components.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace cameo::explain {

namespace {

/// Flood fill over a mask, which it empties.
class FloodFill {
 public:
  FloodFill(std::vector<char> mask, std::int64_t height, std::int64_t width,
            Connectivity connectivity)
      : mask_(std::move(mask)), height_(height), width_(width), connectivity_(connectivity) {}

  bool set(std::int64_t pixel) const { return mask_[static_cast<std::size_t>(pixel)] != 0; }

  /// Takes the component of pixel `start` out of the mask.
  Component take(std::int64_t start) {
    Component component{.box = {.left = width_, .top = height_, .right = 0, .bottom = 0},
                        .first = start};
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
    const Box& box = component.box;
    component.touches_border =
        box.left == 0 || box.top == 0 || box.right == width_ || box.bottom == height_;
    return component;
  }

 private:
  void visit(std::int64_t row, std::int64_t column) {
    if (row < 0 || row >= height_ || column < 0 || column >= width_) return;
    char& at = mask_[static_cast<std::size_t>(row * width_ + column)];
    if (at == 0) return;
    at = 0;
    open_.push_back({row, column});
  }

  std::vector<char> mask_;
  std::int64_t height_;
  std::int64_t width_;
  Connectivity connectivity_;
  std::vector<Position> open_;
};

/// The component alone on a ground one pixel larger than its box on every side.
struct Cutout {
  std::int64_t height;
  std::int64_t width;
  std::vector<char> filled;  ///< the component and its holes
};

Cutout cut_out(std::span<const char> mask, std::int64_t width, const Component& component) {
  const Box& box = component.box;
  Cutout cutout{
      .height = box.bottom - box.top + 2, .width = box.right - box.left + 2, .filled = {}};
  std::vector<char> inside(static_cast<std::size_t>(cutout.height * cutout.width), 0);
  for (std::int64_t y = box.top; y < box.bottom; ++y) {
    for (std::int64_t x = box.left; x < box.right; ++x) {
      inside[static_cast<std::size_t>((y - box.top + 1) * cutout.width + x - box.left + 1)] =
          mask[static_cast<std::size_t>(y * width + x)];
    }
  }
  // Of other areas that reach into the box nothing stays.
  const std::int64_t start = (component.first / width - box.top + 1) * cutout.width +
                             component.first % width - box.left + 1;
  FloodFill area(inside, cutout.height, cutout.width, Connectivity::kEight);
  area.take(start);
  std::vector<char> outside(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool own = inside[i] != 0 && !area.set(static_cast<std::int64_t>(i));
    outside[i] = own ? 0 : 1;
  }
  FloodFill ground(outside, cutout.height, cutout.width, Connectivity::kFour);
  ground.take(0);
  cutout.filled.resize(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool reached = outside[i] != 0 && !ground.set(static_cast<std::int64_t>(i));
    cutout.filled[i] = reached ? 0 : 1;
  }
  return cutout;
}

}  // namespace

std::vector<Component> connected_components(std::span<const char> mask, std::int64_t height,
                                            std::int64_t width, Connectivity connectivity) {
  if (height * width != std::ssize(mask)) {
    throw ShapeError("components: expected " + std::to_string(height * width) + " pixels, got " +
                     std::to_string(mask.size()));
  }
  FloodFill fill({mask.begin(), mask.end()}, height, width, connectivity);
  std::vector<Component> components;
  for (std::int64_t pixel = 0; pixel < height * width; ++pixel) {
    if (fill.set(pixel)) components.push_back(fill.take(pixel));
  }
  return components;
}

std::vector<Box> outline_boxes(std::span<const char> mask, std::int64_t height,
                               std::int64_t width) {
  std::vector<Box> boxes;
  for (const Component& area : connected_components(mask, height, width, Connectivity::kEight)) {
    boxes.push_back(area.box);
  }
  std::vector<char> ground(mask.size());
  std::transform(mask.begin(), mask.end(), ground.begin(),
                 [](char set) { return static_cast<char>(set == 0 ? 1 : 0); });
  for (const Component& hole : connected_components(ground, height, width, Connectivity::kFour)) {
    if (hole.touches_border) continue;
    const Box& box = hole.box;
    boxes.push_back({.left = box.left - 1,
                     .top = box.top - 1,
                     .right = box.right + 1,
                     .bottom = box.bottom + 1});
  }
  return boxes;
}

double outline_area(std::span<const char> mask, std::int64_t width, const Component& component) {
  const Cutout cutout = cut_out(mask, width, component);
  const auto at = [&](std::int64_t y, std::int64_t x) {
    return static_cast<int>(cutout.filled[static_cast<std::size_t>(y * cutout.width + x)]);
  };
  // Between four centres lies a whole square, between three of them half of one.
  double area = 0.0;
  for (std::int64_t y = 0; y + 1 < cutout.height; ++y) {
    for (std::int64_t x = 0; x + 1 < cutout.width; ++x) {
      const int corners = at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1);
      area += corners == 4 ? 1.0 : corners == 3 ? 0.5 : 0.0;
    }
  }
  return area;
}

}  // namespace cameo::explain
