/// Boxes around what a map highlights, and how well they fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/tensor.h"

namespace cameo::explain {

/// Pixels with left <= x < right and top <= y < bottom.
struct Box {
  std::int64_t left = 0;
  std::int64_t top = 0;
  std::int64_t right = 0;
  std::int64_t bottom = 0;

  bool operator==(const Box&) const = default;
};

/// Pixels inside; 0 for an empty or inverted box.
std::int64_t area(const Box& box);

/// Area of the intersection over that of the union; 0 when both are empty.
double intersection_over_union(const Box& a, const Box& b);

struct Position {
  std::int64_t row = 0;
  std::int64_t column = 0;

  bool operator==(const Position&) const = default;
};

bool contains(const Box& box, const Position& position);

/// Which pixels belong together.
enum class Connectivity {
  kFour,   ///< those that share an edge
  kEight,  ///< and those that share a corner
};

struct BoxOptions {
  float share = 0.2F;      ///< of the maximum: the threshold
  bool inclusive = false;  ///< pixels >= threshold; otherwise > threshold
  Connectivity connectivity = Connectivity::kEight;
};

/// The tight box of the largest connected component of `map` `[H,W]` above `share` of its maximum
/// (Zhou et al. 2016, section 3.2: 20 %; Selvaraju et al. 2017, section 4.1: 15 %). Of components
/// of the same size the one met first in reading order counts. Empty when nothing is above the
/// threshold, the maximum is not positive or the map is not finite. Throws ShapeError for another
/// rank and ArgumentError for a share outside 0…1.
std::optional<Box> largest_component_box(const Tensor& map, const BoxOptions& options = {});

/// Where `map` `[H,W]` is largest, the first in reading order. Empty when there is nothing to point
/// at: the map is not finite or has one value everywhere (a single pixel is a point).
std::optional<Position> maximum_position(const Tensor& map);

/// The pointing game for one map: does its maximum lie in the box (Zhang et al. 2018, Top-down
/// Neural Attention, section 4.1, without tolerance)? A map with nothing to point at misses.
bool points_into(const Tensor& map, const Box& box);

/// `[height,width]`, 1 inside any of the boxes.
Tensor box_mask(std::span<const Box> boxes, std::int64_t height, std::int64_t width);

/// The share of the map's positive values that lies where the mask is not 0, 0…1. Empty when there
/// is no positive value or the map is not finite. Throws ShapeError unless both are `[H,W]`.
std::optional<double> energy_inside(const Tensor& map, const Tensor& mask);
/// The same in a box: the energy-based pointing game (Wang et al. 2020, Score-CAM, section 4.3).
std::optional<double> energy_inside(const Tensor& map, const Box& box);

}  // namespace cameo::explain
