/// Which scenes are drawn, and the drawing of lots that makes one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/datasets/scenes/scene.h"

namespace cameo::zoo {

enum class SceneSplit { kTrain, kValidation, kTest };
/// "train", "val", "test".
const std::string& name_of(SceneSplit split);
/// Throws LookupError with close matches.
SceneSplit scene_split(std::string_view name);

/// What an object and the background behind it may look like. An empty list or option leaves the
/// choice open.
struct SceneChoices {
  struct Range {
    double low;
    double high;
  };
  struct Region {  ///< where centres may lie; objects stay whole within the picture all the same
    double x0 = 0;
    double y0 = 0;
    double x1 = 1;
    double y1 = 1;
  };
  std::vector<SceneColour> colours;
  std::vector<ScenePatternKind> textures;     ///< open: plain twice as often as stripes, dots …
  std::vector<ScenePatternKind> backgrounds;  ///< open: gradient, stripes, noise, blobs
  std::optional<Range> diameters;             ///< fractions of the side; open: 0.38 … 0.70
  std::optional<Range> tilts;  ///< degrees clockwise from upright, -360 … 360; open: -30 … 30
  std::optional<Region> centres;
};

struct SceneOptions {
  int min_objects = 1;
  int max_objects = 1;             ///< up to 4, of distinct shapes
  std::vector<SceneShape> shapes;  ///< distinct; empty for all ten
  SceneChoices choices;
  /// Deliberate biases: replaces those of `choices` that it names, for objects of that shape; the
  /// background follows the largest object's.
  std::map<SceneShape, SceneChoices> by_shape;
  double bias = 1;          ///< the share of objects that follow `by_shape`
  double occlusion = 0.15;  ///< the share of scenes with an occluder
  int max_clutter = 8;
};

/// Two to four objects, 0.32 … 0.64 of the side.
SceneOptions multi_object_scenes();

/// The shapes in use, all ten where `options.shapes` is empty.
std::vector<SceneShape> shapes_in_use(const SceneOptions& options);

/// Throws ArgumentError that names the first option which cannot be met.
void check(const SceneOptions& options);

/// One scene out of 3 × 2^64 × 2^64, each with random numbers of its own: splits share none.
struct SceneKey {
  std::uint64_t seed = 0;
  SceneSplit split = SceneSplit::kTrain;
  std::uint64_t index = 0;
};

/// The same scene for the same options and key on every machine. The first object is the largest
/// unless `by_shape` gives sizes of its own; its shape walks through shuffled rounds of all shapes,
/// so that any stretch of indices has every class about equally often. Throws ArgumentError when
/// check() does or the objects cannot be placed. Thread-safe.
Scene describe_scene(const SceneOptions& options, const SceneKey& key);

/// The least colour_distance between any tone of an object and any tone of what lies behind or
/// before it; describe_scene() keeps to it unless `choices` makes that impossible.
inline constexpr double kSceneContrast = 0.40;

}  // namespace cameo::zoo
