/// Small draws that every part of a scene is made of.
#pragma once

#include <vector>

#include "core/random.h"
#include "zoo/datasets/scenes/pattern.h"

namespace cameo::scenes {

inline double between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random.uniform());
}

inline bool chance(Random& random, double probability) {
  return static_cast<double>(random.uniform()) < probability;
}

template <typename T>
T pick(Random& random, const std::vector<T>& from) {
  return from[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(from.size())))];
}

/// Uniform in a rectangle, by default the unit square.
inline ScenePoint point_within(Random& random, ScenePoint low = {0, 0}, ScenePoint high = {1, 1}) {
  const double x = between(random, low.x, high.x);
  return {x, between(random, low.y, high.y)};
}

inline ScenePoint towards(double degrees, double distance) {
  return rotation(degrees).apply({distance, 0});
}

/// Each channel moved by up to `by` and kept within 0 … 1.
inline SceneRgb vary(Random& random, SceneRgb tone, double by) {
  const double r = clamp01(tone.r + between(random, -by, by));
  const double g = clamp01(tone.g + between(random, -by, by));
  return {r, g, clamp01(tone.b + between(random, -by, by))};
}

}  // namespace cameo::scenes
