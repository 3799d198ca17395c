#include "zoo/datasets/scenes/scene.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/names.h"

namespace cameo::zoo {

namespace {

constexpr double kSmallBelow = 0.42;
constexpr double kLargeFrom = 0.55;
constexpr double kApart = 0.08;

}  // namespace

std::span<const std::string> scene_colour_names() {
  static const std::vector<std::string> names = {"black", "blue",   "cyan", "green", "orange",
                                                 "pink",  "purple", "red",  "white", "yellow"};
  return names;
}

const std::string& name_of(SceneColour colour) {
  return scene_colour_names()[static_cast<std::size_t>(colour)];
}

SceneColour scene_colour(std::string_view name) {
  const auto names = scene_colour_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw LookupError(unknown_name_message("colour", name, names));
  return static_cast<SceneColour>(found - names.begin());
}

const std::string& size_name(const SceneObject& object) {
  static const std::array<std::string, 3> names = {"small", "medium", "large"};
  if (object.diameter < kSmallBelow) return names[0];
  return object.diameter < kLargeFrom ? names[1] : names[2];
}

std::size_t largest_object(const Scene& scene) {
  const auto largest = std::max_element(
      scene.objects.begin(), scene.objects.end(),
      [](const SceneObject& a, const SceneObject& b) { return a.diameter < b.diameter; });
  if (largest == scene.objects.end()) throw ArgumentError("largest_object: the scene is empty");
  return static_cast<std::size_t>(largest - scene.objects.begin());
}

const std::string& name_of(SceneRelation relation) {
  static const std::array<std::string, 4> names = {"left of", "right of", "above", "below"};
  return names.at(static_cast<std::size_t>(relation));
}

bool holds(const SceneObject& a, SceneRelation relation, const SceneObject& b) {
  switch (relation) {
    case SceneRelation::kLeftOf:
      return b.centre.x - a.centre.x >= kApart;
    case SceneRelation::kRightOf:
      return a.centre.x - b.centre.x >= kApart;
    case SceneRelation::kAbove:
      return b.centre.y - a.centre.y >= kApart;
    case SceneRelation::kBelow:
      return a.centre.y - b.centre.y >= kApart;
  }
  return false;
}

std::vector<SceneFact> relations(const Scene& scene) {
  std::vector<SceneFact> facts;
  for (std::size_t a = 0; a < scene.objects.size(); ++a) {
    for (std::size_t b = 0; b < scene.objects.size(); ++b) {
      if (a == b) continue;
      for (const SceneRelation relation : {SceneRelation::kLeftOf, SceneRelation::kRightOf,
                                           SceneRelation::kAbove, SceneRelation::kBelow}) {
        if (holds(scene.objects[a], relation, scene.objects[b])) facts.push_back({a, relation, b});
      }
    }
  }
  return facts;
}

namespace scenes {

double object_distance(const SceneObject& object, ScenePoint p) {
  const double radius = object.diameter / 2;
  const ScenePoint local = rotation(object.degrees).undo(p - object.centre);
  return radius * shape_distance(object.shape, (1 / radius) * local);
}

double occluder_distance(const SceneOccluder& occluder, ScenePoint p) {
  if (occluder.kind == SceneOccluderKind::kBar) {
    const ScenePoint local = rotation(occluder.degrees).undo(p - occluder.centre);
    return std::abs(local.y) - occluder.half_width;
  }
  double nearest = 2;
  for (const auto& disc : occluder.discs) {
    nearest = std::min(nearest, length(p - disc.centre) - disc.radius);
  }
  return nearest;
}

SceneRgb base_tone(SceneColour colour) {
  static const std::array<SceneRgb, kSceneColours> tones = {{{0.07, 0.07, 0.08},
                                                             {0.13, 0.25, 0.85},
                                                             {0.10, 0.76, 0.82},
                                                             {0.14, 0.60, 0.18},
                                                             {0.96, 0.52, 0.06},
                                                             {0.96, 0.50, 0.72},
                                                             {0.50, 0.14, 0.64},
                                                             {0.84, 0.10, 0.12},
                                                             {0.94, 0.94, 0.93},
                                                             {0.95, 0.87, 0.12}}};
  return tones.at(static_cast<std::size_t>(colour));
}

}  // namespace scenes
}  // namespace cameo::zoo
