/// The ten shapes that Scenes draws.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "zoo/datasets/scenes/geometry.h"

namespace cameo::zoo {

/// In bytewise order of their names, so that the class index of a picture folder is the same.
enum class SceneShape {
  kArrow,
  kCircle,
  kCrescent,
  kCross,
  kHeart,
  kHourglass,
  kRing,
  kSquare,
  kStar,
  kTriangle
};
inline constexpr int kSceneShapes = 10;

/// "arrow" … "triangle", by class index.
std::span<const std::string> scene_shape_names();
const std::string& name_of(SceneShape shape);
/// Throws LookupError with close matches.
SceneShape scene_shape(std::string_view name);

namespace scenes {

/// Signed distance from `p` to the outline of `shape`, negative inside; the upright shape touches
/// the unit circle about the origin from within. Exact outside and near an outline's sides, a bound
/// within unions and past the crescent's horns.
double shape_distance(SceneShape shape, ScenePoint p);

}  // namespace scenes
}  // namespace cameo::zoo
