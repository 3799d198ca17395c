/// A drawn scene in words and numbers, before any pixel exists. Lengths and positions are fractions
/// of the picture's side, so one scene can be rendered at any size.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/datasets/scenes/geometry.h"
#include "zoo/datasets/scenes/pattern.h"
#include "zoo/datasets/scenes/shapes.h"

namespace cameo::zoo {

enum class SceneColour {
  kBlack,
  kBlue,
  kCyan,
  kGreen,
  kOrange,
  kPink,
  kPurple,
  kRed,
  kWhite,
  kYellow
};
inline constexpr int kSceneColours = 10;
std::span<const std::string> scene_colour_names();
const std::string& name_of(SceneColour colour);
/// Throws LookupError with close matches.
SceneColour scene_colour(std::string_view name);

struct SceneObject {
  SceneShape shape = SceneShape::kCircle;
  SceneColour colour = SceneColour::kRed;
  ScenePattern fill;      ///< its first tone is the named colour, slightly varied
  double diameter = 0.4;  ///< of the circle about the shape
  double degrees = 0;     ///< 0 … 360, clockwise from upright
  ScenePoint centre{0.5, 0.5};
};

/// "small" below 0.42 of the side, "large" from 0.55, "medium" between.
const std::string& size_name(const SceneObject& object);

enum class SceneClutterKind { kLine, kCurve, kDot, kPatch };

/// Faint marks behind the objects that belong to no class.
struct SceneClutter {
  SceneClutterKind kind = SceneClutterKind::kDot;
  std::array<ScenePoint, 3>
      points;            ///< line: 0-2; curve: quadratic Bézier; dot, patch: centre in 0
  double radius = 0.01;  ///< half the width of a stroke; of a dot; where a patch fades out
  SceneRgb colour;
  double opacity = 0.3;
};

enum class SceneOccluderKind { kBar, kBlob };

/// Something in front of the objects: a bar across the whole picture, or a blob of three discs.
struct SceneOccluder {
  struct Disc {
    ScenePoint centre;
    double radius = 0;
  };
  SceneOccluderKind kind = SceneOccluderKind::kBar;
  ScenePoint centre;
  double degrees = 0;  ///< of a bar
  double half_width = 0.03;
  std::array<Disc, 3> discs;
  SceneRgb colour;
};

/// Brightness that changes along one direction: 1 - strength … 1 + strength, times `level`.
struct SceneLight {
  double degrees = 0;
  double strength = 0;
  double level = 1;
};

struct Scene {
  ScenePattern background;
  std::vector<SceneClutter> clutter;     ///< in drawing order
  std::vector<SceneObject> objects;      ///< in drawing order, a later one above an earlier one
  std::vector<SceneOccluder> occluders;  ///< drawn last
  SceneLight light;
  double noise = 0;  ///< standard deviation of the sensor noise, values being 0 … 1
  std::uint64_t noise_seed = 0;
};

/// The index of the object with the greatest diameter; its shape is the scene's class.
std::size_t largest_object(const Scene& scene);

enum class SceneRelation { kLeftOf, kRightOf, kAbove, kBelow };
/// "left of", "right of", "above", "below".
const std::string& name_of(SceneRelation relation);

/// Whether the centre of `a` lies on that side of the centre of `b` by at least 0.08 of the side.
bool holds(const SceneObject& a, SceneRelation relation, const SceneObject& b);

struct SceneFact {
  std::size_t subject;
  SceneRelation relation;
  std::size_t object;
};
/// Every relation that holds between two of the scene's objects, ordered by subject and object.
std::vector<SceneFact> relations(const Scene& scene);

namespace scenes {

/// Signed distances in fractions of the side, negative inside.
double object_distance(const SceneObject& object, ScenePoint p);
double occluder_distance(const SceneOccluder& occluder, ScenePoint p);
/// The named colour before variation.
SceneRgb base_tone(SceneColour colour);

}  // namespace scenes
}  // namespace cameo::zoo
