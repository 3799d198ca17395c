#include "zoo/datasets/scenes/surroundings.h"

#include <algorithm>
#include <optional>

#include "zoo/datasets/scenes/describe.h"
#include "zoo/datasets/scenes/lots.h"

namespace cameo::zoo::scenes {

namespace {

constexpr double kMaxCovered = 0.24;
constexpr double kMinCovered = 0.07;
constexpr double kFromBackground = 0.2;
constexpr int kTries = 64;

/// Backgrounds are greyish and objects are not: colour helps, but black and white objects exist.
SceneRgb muted_tone(Random& random) {
  const double grey = between(random, 0.08, 0.92);
  return vary(random, {grey, grey, grey}, 0.13);
}

double contrast_with_objects(const ScenePattern& pattern, const Scene& scene) {
  double least = 2;
  for (const SceneObject& object : scene.objects) {
    least = std::min(least, pattern_contrast(object.fill, pattern));
  }
  return least;
}

void draw_tones(Random& random, ScenePattern& pattern) {
  const double shift = either_way(random, 0.05, 0.12);
  pattern.first = muted_tone(random);
  const SceneRgb& tone = pattern.first;
  pattern.second = vary(random, {tone.r + shift, tone.g + shift, tone.b + shift}, 0.05);
}

double background_period(Random& random, ScenePatternKind kind) {
  if (kind == ScenePatternKind::kGradient) return between(random, 0.8, 1.6);
  if (kind == ScenePatternKind::kBlobs) return between(random, 0.15, 0.3);
  return between(random, 0.09, 0.25);
}

SceneRgb shifted(Random& random, SceneRgb tone) {
  const double shift = either_way(random, 0.1, 0.3);
  return vary(random, {tone.r + shift, tone.g + shift, tone.b + shift}, 0.1);
}

SceneClutter draw_mark(Random& random, const Scene& scene) {
  SceneClutter mark;
  mark.kind = static_cast<SceneClutterKind>(random.below(4));
  mark.points[0] = point_within(random);
  const bool stroke = mark.kind == SceneClutterKind::kLine || mark.kind == SceneClutterKind::kCurve;
  if (stroke) {
    const double heading = between(random, 0, 360);
    const double reach = between(random, 0.3, 0.9);
    mark.points[2] = mark.points[0] + towards(heading, reach);
    mark.points[1] = mark.points[0] + towards(heading + between(random, -40, 40), reach / 2);
    mark.radius = between(random, 0.006, 0.014);
    mark.opacity = between(random, 0.25, 0.6);
  } else if (mark.kind == SceneClutterKind::kDot) {
    mark.radius = between(random, 0.01, 0.022);
    mark.opacity = between(random, 0.3, 0.7);
  } else {
    mark.radius = between(random, 0.12, 0.3);
    mark.opacity = between(random, 0.2, 0.5);
  }
  mark.colour = shifted(random, scene.background.first);
  return mark;
}

/// The share of the object's area under the occluder, on a grid.
double covered_share(const SceneObject& object, const SceneOccluder& occluder) {
  constexpr int kGrid = 20;
  int inside = 0;
  int covered = 0;
  for (int row = 0; row < kGrid; ++row) {
    for (int column = 0; column < kGrid; ++column) {
      const ScenePoint offset{(column + 0.5) / kGrid - 0.5, (row + 0.5) / kGrid - 0.5};
      const ScenePoint p = object.centre + object.diameter * offset;
      if (object_distance(object, p) > 0) continue;
      ++inside;
      if (occluder_distance(occluder, p) < 0) ++covered;
    }
  }
  return inside > 0 ? static_cast<double>(covered) / inside : 0;
}

void shape_bar(Random& random, const SceneObject& target, SceneOccluder& bar) {
  const double off_centre = between(random, 0.1, 0.4) * target.diameter;
  bar.kind = SceneOccluderKind::kBar;
  bar.centre = target.centre + anywhere_at(random, off_centre);
  bar.degrees = between(random, 0, 360);
  bar.half_width = between(random, 0.05, 0.12) * target.diameter;
}

void shape_blob(Random& random, const SceneObject& target, SceneOccluder& blob) {
  const double radius = target.diameter / 2;
  blob.kind = SceneOccluderKind::kBlob;
  const double off_centre = between(random, 0.7, 1.1) * radius;
  blob.centre = target.centre + anywhere_at(random, off_centre);
  double heading = between(random, 0, 360);
  for (auto& disc : blob.discs) {
    disc.radius = between(random, 0.2, 0.36) * radius;
    disc.centre = blob.centre + towards(heading, between(random, 0.2, 0.4) * radius);
    heading += between(random, 90, 150);
  }
}

/// A muted colour that differs from the objects and, so that no shape seems bitten off, from the
/// background.
std::optional<SceneRgb> occluder_tone(Random& random, const Scene& scene) {
  ScenePattern plain;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    plain.first = plain.second = muted_tone(random);
    if (contrast_with_objects(plain, scene) >= kSceneContrast &&
        pattern_contrast(plain, scene.background) >= kFromBackground) {
      return plain.first;
    }
  }
  return std::nullopt;
}

bool hides_little(const SceneOccluder& occluder, const Scene& scene, const SceneObject& target) {
  const auto fits = [&](const SceneObject& object) {
    return covered_share(object, occluder) <= kMaxCovered;
  };
  return covered_share(target, occluder) >= kMinCovered &&
         std::all_of(scene.objects.begin(), scene.objects.end(), fits);
}

}  // namespace

bool draw_background(Random& random, const std::vector<ScenePatternKind>& kinds, Scene& scene) {
  ScenePattern pattern;
  pattern.kind = pick(random, kinds);
  pattern.period = background_period(random, pattern.kind);
  pattern.degrees = between(random, 0, 360);
  if (pattern.kind != ScenePatternKind::kGradient) pattern.phase = point_within(random);
  pattern.seed = random.next();
  double best = -1;
  for (int attempt = 0; attempt < kTries && best < kSceneContrast; ++attempt) {
    draw_tones(random, pattern);
    const double contrast = contrast_with_objects(pattern, scene);
    if (contrast <= best) continue;
    best = contrast;
    scene.background = pattern;
  }
  return best >= kSceneContrast;
}

void draw_clutter(Random& random, int most, Scene& scene) {
  const auto marks = random.below(most + 1);
  for (std::int64_t i = 0; i < marks; ++i) scene.clutter.push_back(draw_mark(random, scene));
}

void draw_occluder(Random& random, Scene& scene) {
  const SceneObject& target = pick(random, scene.objects);
  const std::optional<SceneRgb> colour = occluder_tone(random, scene);
  if (!colour) return;
  SceneOccluder occluder;
  occluder.colour = *colour;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    random.chance(0.5F) ? shape_bar(random, target, occluder)
                        : shape_blob(random, target, occluder);
    if (!hides_little(occluder, scene, target)) continue;
    scene.occluders.push_back(occluder);
    return;
  }
}

void draw_light_and_noise(Random& random, Scene& scene) {
  scene.light.degrees = between(random, 0, 360);
  scene.light.strength = between(random, 0, 0.22);
  scene.light.level = between(random, 0.88, 1.06);
  scene.noise = between(random, 0.008, 0.03);
  scene.noise_seed = random.next();
}

}  // namespace cameo::zoo::scenes
