/// Plane geometry for drawn scenes. Only + - * / sqrt and floor are used, which IEEE 754 defines to
/// the last bit, so a scene has the same bytes whichever C library is present.
#pragma once

#include <algorithm>
#include <cmath>

namespace cameo::zoo {

/// x to the right, y downwards; in a scene, fractions of the picture's side.
struct ScenePoint {
  double x = 0;
  double y = 0;
};

inline ScenePoint operator+(ScenePoint a, ScenePoint b) { return {a.x + b.x, a.y + b.y}; }
inline ScenePoint operator-(ScenePoint a, ScenePoint b) { return {a.x - b.x, a.y - b.y}; }
inline ScenePoint operator*(double k, ScenePoint a) { return {k * a.x, k * a.y}; }

namespace scenes {

inline double dot(ScenePoint a, ScenePoint b) { return a.x * b.x + a.y * b.y; }
inline double length(ScenePoint a) { return std::sqrt(dot(a, a)); }
inline double clamp01(double v) { return std::clamp(v, 0.0, 1.0); }

/// A turn by some angle, clockwise as seen on a screen.
struct Rotation {
  double cosine = 1;
  double sine = 0;
  ScenePoint apply(ScenePoint p) const {
    return {cosine * p.x - sine * p.y, sine * p.x + cosine * p.y};
  }
  ScenePoint undo(ScenePoint p) const {
    return {cosine * p.x + sine * p.y, cosine * p.y - sine * p.x};
  }
};

/// Sine and cosine from their series, not from libm, whose last bits differ between systems.
Rotation rotation(double degrees);

/// The square of the distance from `p` to the nearest point between `a` and `b`.
inline double segment_distance_squared(ScenePoint p, ScenePoint a, ScenePoint b) {
  const ScenePoint edge = b - a;
  const ScenePoint offset = p - a;
  const double squared = dot(edge, edge);
  const double along = squared > 0 ? clamp01(dot(offset, edge) / squared) : 0.0;
  const ScenePoint rest = offset - along * edge;
  return dot(rest, rest);
}

}  // namespace scenes
}  // namespace cameo::zoo
