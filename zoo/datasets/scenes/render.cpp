#include "zoo/datasets/scenes/render.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"
#include "core/random.h"

namespace cameo::zoo {

namespace {

using scenes::blend;
using scenes::clamp01;
using scenes::dot;
using scenes::length;
using scenes::PatternPainter;
using scenes::Rotation;
using scenes::rotation;

constexpr double kShading = 0.12;  // of an object, from its dark to its bright side

/// The picture while it is painted, and how much of each pixel shows each object.
struct Canvas {
  explicit Canvas(int side)
      : size(side), pixels(static_cast<std::size_t>(side) * static_cast<std::size_t>(side)) {}
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size) +
           static_cast<std::size_t>(x);
  }
  ScenePoint point(int x, int y) const { return {(x + 0.5) / size, (y + 0.5) / size}; }
  /// A pixel's share inside an outline at this signed distance from its middle.
  double coverage(double distance) const { return clamp01(0.5 - distance * size); }

  int size;
  std::vector<SceneRgb> pixels;
  std::vector<std::vector<float>> visible;
};

/// Calls `paint(x, y, p)` for the pixels of the upright rectangle from `low` to `high`.
template <typename Paint>
void for_pixels_within(const Canvas& canvas, ScenePoint low, ScenePoint high, const Paint& paint) {
  const auto first = [&canvas](double v) { return static_cast<int>(clamp01(v) * canvas.size); };
  const auto last = [&](double v) { return std::min(first(v) + 1, canvas.size); };
  const double ramp = 1.0 / canvas.size;
  for (int y = first(low.y - ramp); y < last(high.y + ramp); ++y) {
    for (int x = first(low.x - ramp); x < last(high.x + ramp); ++x) {
      paint(x, y, canvas.point(x, y));
    }
  }
}

template <typename Paint>
void for_pixels_near(const Canvas& canvas, ScenePoint centre, double reach, const Paint& paint) {
  const ScenePoint both{reach, reach};
  for_pixels_within(canvas, centre - both, centre + both, paint);
}

void paint_background(Canvas& canvas, const ScenePattern& background) {
  const PatternPainter painter(background);
  for (int y = 0; y < canvas.size; ++y) {
    for (int x = 0; x < canvas.size; ++x) {
      canvas.pixels[canvas.index(x, y)] = painter.at(canvas.point(x, y) - ScenePoint{0.5, 0.5});
    }
  }
}

/// The corners of the polyline that stands for a stroke.
std::vector<ScenePoint> stroke_path(const SceneClutter& mark) {
  const auto& [a, b, c] = mark.points;
  if (mark.kind == SceneClutterKind::kLine) return {a, c};
  constexpr int kPieces = 10;
  std::vector<ScenePoint> path;
  for (int i = 0; i <= kPieces; ++i) {
    const double t = static_cast<double>(i) / kPieces;
    path.push_back((1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * c);
  }
  return path;
}

void paint_stroke(Canvas& canvas, const SceneClutter& mark) {
  const std::vector<ScenePoint> path = stroke_path(mark);
  ScenePoint low = path.front();
  ScenePoint high = path.front();
  for (const ScenePoint p : path) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  const ScenePoint brush{mark.radius, mark.radius};
  for_pixels_within(canvas, low - brush, high + brush, [&](int x, int y, ScenePoint p) {
    double nearest = 4;
    for (std::size_t i = 1; i < path.size(); ++i) {
      nearest = std::min(nearest, scenes::segment_distance_squared(p, path[i - 1], path[i]));
    }
    const double coverage = canvas.coverage(std::sqrt(nearest) - mark.radius);
    SceneRgb& pixel = canvas.pixels[canvas.index(x, y)];
    pixel = blend(pixel, mark.colour, mark.opacity * coverage);
  });
}

/// A dot has an edge, a patch fades out from its middle.
void paint_spot(Canvas& canvas, const SceneClutter& mark) {
  const bool dot_like = mark.kind == SceneClutterKind::kDot;
  for_pixels_near(canvas, mark.points[0], mark.radius, [&](int x, int y, ScenePoint p) {
    const double distance = length(p - mark.points[0]);
    const double rest = clamp01(1 - distance * distance / (mark.radius * mark.radius));
    const double share = dot_like ? canvas.coverage(distance - mark.radius) : rest * rest;
    SceneRgb& pixel = canvas.pixels[canvas.index(x, y)];
    pixel = blend(pixel, mark.colour, mark.opacity * share);
  });
}

/// Something opaque hides `coverage` of a pixel from whatever was painted there before.
void cover(Canvas& canvas, std::size_t at, SceneRgb colour, double coverage) {
  for (auto& visible : canvas.visible) visible[at] *= static_cast<float>(1 - coverage);
  canvas.pixels[at] = blend(canvas.pixels[at], colour, coverage);
}

/// Returns how much of each pixel the object would fill on its own.
std::vector<float> paint_object(Canvas& canvas, const SceneObject& object,
                                const SceneLight& light) {
  const PatternPainter painter(object.fill);
  const Rotation turn = rotation(object.degrees);
  const double radius = object.diameter / 2;
  const ScenePoint bright = rotation(light.degrees).apply({kShading / radius, 0});
  std::vector<float> full(canvas.pixels.size());
  for_pixels_near(canvas, object.centre, radius, [&](int x, int y, ScenePoint p) {
    const ScenePoint offset = p - object.centre;
    const ScenePoint local = turn.undo(offset);
    const double distance = radius * scenes::shape_distance(object.shape, (1 / radius) * local);
    const double coverage = canvas.coverage(distance);
    if (coverage <= 0) return;
    const double shade = 1 + dot(offset, bright);
    const SceneRgb tone = painter.at(local);
    const std::size_t at = canvas.index(x, y);
    cover(canvas, at, {shade * tone.r, shade * tone.g, shade * tone.b}, coverage);
    full[at] = static_cast<float>(coverage);
  });
  return full;
}

void paint_occluder(Canvas& canvas, const SceneOccluder& occluder) {
  for_pixels_within(canvas, {0, 0}, {1, 1}, [&](int x, int y, ScenePoint p) {
    const double coverage = canvas.coverage(scenes::occluder_distance(occluder, p));
    if (coverage > 0) cover(canvas, canvas.index(x, y), occluder.colour, coverage);
  });
}

/// Nearly normal, standard deviation 1: the sum of three draws of seven bits.
double sensor_noise(std::uint64_t bits) {
  const std::uint64_t sum = (bits & 127) + ((bits >> 7) & 127) + ((bits >> 14) & 127);
  return (static_cast<double>(sum) - 190.5) / 64.0;
}

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(clamp01(value) * 255.0));
}

std::vector<std::uint8_t> expose(const Canvas& canvas, const Scene& scene) {
  const ScenePoint slope = rotation(scene.light.degrees).apply({2 * scene.light.strength, 0});
  Random random(scene.noise_seed);
  std::vector<std::uint8_t> bytes(canvas.pixels.size() * 3);
  auto byte = bytes.begin();
  for (int y = 0; y < canvas.size; ++y) {
    for (int x = 0; x < canvas.size; ++x) {
      const ScenePoint offset = canvas.point(x, y) - ScenePoint{0.5, 0.5};
      const double light = scene.light.level * (1 + dot(offset, slope));
      const std::uint64_t bits = random.next();
      const SceneRgb& tone = canvas.pixels[canvas.index(x, y)];
      *byte++ = to_byte(light * tone.r + scene.noise * sensor_noise(bits));
      *byte++ = to_byte(light * tone.g + scene.noise * sensor_noise(bits >> 21));
      *byte++ = to_byte(light * tone.b + scene.noise * sensor_noise(bits >> 42));
    }
  }
  return bytes;
}

struct Extent {
  PixelBox box;
  std::int64_t area = 0;
};

Extent extent_of(const Canvas& canvas, const std::vector<float>& shown) {
  Extent extent{{canvas.size, canvas.size, 0, 0}, 0};
  for (int y = 0; y < canvas.size; ++y) {
    for (int x = 0; x < canvas.size; ++x) {
      if (shown[canvas.index(x, y)] <= 0.5F) continue;
      PixelBox& box = extent.box;
      box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1),
             std::max(box.y1, y + 1)};
      ++extent.area;
    }
  }
  return extent.area > 0 ? extent : Extent{};
}

RenderedObject measure(const Canvas& canvas, const std::vector<float>& visible,
                       const std::vector<float>& full) {
  const Extent seen = extent_of(canvas, visible);
  const Extent whole = extent_of(canvas, full);
  RenderedObject object{seen.box, whole.box, seen.area, whole.area, {}};
  object.mask.reserve(visible.size());
  for (const float share : visible) object.mask.push_back(share > 0.5F ? 1 : 0);
  return object;
}

}  // namespace

RenderedScene render_scene(const Scene& scene, int size) {
  if (size < kMinSceneSize || size > kMaxSceneSize) {
    throw ArgumentError("scenes: the size must lie within " + std::to_string(kMinSceneSize) +
                        " and " + std::to_string(kMaxSceneSize) + ", but is " +
                        std::to_string(size));
  }
  Canvas canvas(size);
  paint_background(canvas, scene.background);
  for (const SceneClutter& mark : scene.clutter) {
    const bool stroke =
        mark.kind == SceneClutterKind::kLine || mark.kind == SceneClutterKind::kCurve;
    stroke ? paint_stroke(canvas, mark) : paint_spot(canvas, mark);
  }
  std::vector<std::vector<float>> full;
  for (const SceneObject& object : scene.objects) {
    full.push_back(paint_object(canvas, object, scene.light));
    canvas.visible.push_back(full.back());
  }
  for (const SceneOccluder& occluder : scene.occluders) paint_occluder(canvas, occluder);
  RenderedScene rendered{size, expose(canvas, scene), {}};
  for (std::size_t i = 0; i < full.size(); ++i) {
    rendered.objects.push_back(measure(canvas, canvas.visible[i], full[i]));
  }
  return rendered;
}

}  // namespace cameo::zoo
