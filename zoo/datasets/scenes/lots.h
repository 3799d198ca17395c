/// Small draws that every part of a scene is made of. Two draws never share an expression: C++
/// leaves the order of operands and arguments open, and compilers differ.
#pragma once

#include <vector>

#include "core/random.h"
#include "zoo/datasets/scenes/pattern.h"

namespace cameo::zoo::scenes {

inline double between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random.uniform());
}

inline bool chance(Random& random, double probability) {
  return static_cast<double>(random.uniform()) < probability;
}

/// A magnitude between `low` and `high`, up or down.
inline double either_way(Random& random, double low, double high) {
  const double sign = random.chance(0.5F) ? 1 : -1;
  return sign * between(random, low, high);
}

template <typename T>
T pick(Random& random, const std::vector<T>& from) {
  return from[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(from.size())))];
}

/// Uniform in a rectangle, by default the unit square.
inline ScenePoint point_within(Random& random, ScenePoint low = {0, 0}, ScenePoint high = {1, 1}) {
  const double x = between(random, low.x, high.x);
  const double y = between(random, low.y, high.y);
  return {x, y};
}

inline ScenePoint towards(double degrees, double distance) {
  return rotation(degrees).apply({distance, 0});
}

/// That far away from the origin, in any direction.
inline ScenePoint anywhere_at(Random& random, double distance) {
  return towards(between(random, 0, 360), distance);
}

/// Each channel moved by up to `by` and kept within 0 … 1.
inline SceneRgb vary(Random& random, SceneRgb tone, double by) {
  const double r = clamp01(tone.r + between(random, -by, by));
  const double g = clamp01(tone.g + between(random, -by, by));
  const double b = clamp01(tone.b + between(random, -by, by));
  return {r, g, b};
}

}  // namespace cameo::zoo::scenes
