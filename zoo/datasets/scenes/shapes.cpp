#include "zoo/datasets/scenes/shapes.h"

#include <limits>
#include <vector>

#include "core/error.h"
#include "core/names.h"

namespace cameo::zoo {

std::span<const std::string> scene_shape_names() {
  static const std::vector<std::string> names = {"arrow", "circle",    "crescent", "cross",
                                                 "heart", "hourglass", "ring",     "square",
                                                 "star",  "triangle"};
  return names;
}

const std::string& name_of(SceneShape shape) {
  return scene_shape_names()[static_cast<std::size_t>(shape)];
}

SceneShape scene_shape(std::string_view name) {
  const auto names = scene_shape_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw LookupError(unknown_name_message("shape", name, names));
  return static_cast<SceneShape>(found - names.begin());
}

namespace scenes {

namespace {

using Polygon = std::vector<ScenePoint>;

/// The sign comes from counting the edges that a ray to the right crosses.
double polygon_distance(const Polygon& corners, ScenePoint p) {
  double nearest = std::numeric_limits<double>::max();
  bool inside = false;
  ScenePoint a = corners.back();
  for (const ScenePoint b : corners) {
    nearest = std::min(nearest, segment_distance_squared(p, a, b));
    const bool straddles = (a.y > p.y) != (b.y > p.y);
    if (straddles && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y)) inside = !inside;
    a = b;
  }
  return inside ? -std::sqrt(nearest) : std::sqrt(nearest);
}

/// Corners at equal angles whose radii alternate between `outer` and `inner`, the first at the top.
Polygon radial_polygon(int corners, double outer, double inner) {
  Polygon polygon;
  for (int i = 0; i < corners; ++i) {
    const double radius = i % 2 == 0 ? outer : inner;
    polygon.push_back(rotation(360.0 * i / corners).apply({0, -radius}));
  }
  return polygon;
}

double arrow_distance(ScenePoint p) {
  static const Polygon corners = {{0, -1},       {0.78, -0.08},  {0.28, -0.08}, {0.28, 0.95},
                                  {-0.28, 0.95}, {-0.28, -0.08}, {-0.78, -0.08}};
  return polygon_distance(corners, p);
}

double crescent_distance(ScenePoint p) {
  return std::max(length(p) - 1.0, 0.85 - length(p - ScenePoint{0.5, 0}));
}

double cross_distance(ScenePoint p) {
  constexpr double kArm = 0.94;
  constexpr double kHalf = 0.32;
  static const Polygon corners = {{kHalf, -kArm},  {kHalf, -kHalf},  {kArm, -kHalf},
                                  {kArm, kHalf},   {kHalf, kHalf},   {kHalf, kArm},
                                  {-kHalf, kArm},  {-kHalf, kHalf},  {-kArm, kHalf},
                                  {-kArm, -kHalf}, {-kHalf, -kHalf}, {-kHalf, -kArm}};
  return polygon_distance(corners, p);
}

/// A square on its corner with a half disc on each of its upper sides.
double heart_distance(ScenePoint p) {
  constexpr double kHalfDiagonal = 0.74;
  constexpr double kLobe = 0.5232590180780452;  // kHalfDiagonal / √2
  constexpr double kLift = 0.1035 * kHalfDiagonal;
  static const Polygon square = {
      {0, -kHalfDiagonal}, {kHalfDiagonal, 0}, {0, kHalfDiagonal}, {-kHalfDiagonal, 0}};
  const ScenePoint q{std::abs(p.x), p.y - kLift};
  const double lobe = length(q - ScenePoint{kHalfDiagonal / 2, -kHalfDiagonal / 2}) - kLobe;
  return std::min(polygon_distance(square, q), lobe);
}

double hourglass_distance(ScenePoint p) {
  static const Polygon corners = {{-0.64, -0.76}, {0.64, -0.76}, {0.13, 0},
                                  {0.64, 0.76},   {-0.64, 0.76}, {-0.13, 0}};
  return polygon_distance(corners, p);
}

double square_distance(ScenePoint p) {
  constexpr double kHalf = 0.70710678118654752;
  static const Polygon corners = {
      {kHalf, -kHalf}, {kHalf, kHalf}, {-kHalf, kHalf}, {-kHalf, -kHalf}};
  return polygon_distance(corners, p);
}

double star_distance(ScenePoint p) {
  static const Polygon corners = radial_polygon(10, 1, 0.43);
  return polygon_distance(corners, p);
}

double triangle_distance(ScenePoint p) {
  static const Polygon corners = radial_polygon(3, 1, 1);
  return polygon_distance(corners, p);
}

}  // namespace

double shape_distance(SceneShape shape, ScenePoint p) {
  switch (shape) {
    case SceneShape::kArrow:
      return arrow_distance(p);
    case SceneShape::kCircle:
      return length(p) - 1.0;
    case SceneShape::kCrescent:
      return crescent_distance(p);
    case SceneShape::kCross:
      return cross_distance(p);
    case SceneShape::kHeart:
      return heart_distance(p);
    case SceneShape::kHourglass:
      return hourglass_distance(p);
    case SceneShape::kRing:
      return std::abs(length(p) - 0.77) - 0.23;
    case SceneShape::kSquare:
      return square_distance(p);
    case SceneShape::kStar:
      return star_distance(p);
    case SceneShape::kTriangle:
      return triangle_distance(p);
  }
  throw ArgumentError("shape_distance: no such shape");
}

}  // namespace scenes
}  // namespace cameo::zoo
