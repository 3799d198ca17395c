#include "zoo/datasets/scenes/describe.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/error.h"
#include "core/names.h"
#include "core/random.h"
#include "zoo/datasets/scenes/lots.h"
#include "zoo/datasets/scenes/surroundings.h"

namespace cameo::zoo {

namespace {

using scenes::between;
using scenes::pick;

constexpr std::uint64_t kSceneStream = 0x5CE9E5;
constexpr std::uint64_t kOrderStream = 0x0DE7;
constexpr int kMaxObjects = 4;
constexpr SceneChoices::Range kDiameters{0.38, 0.70};
constexpr SceneChoices::Range kDiametersOfSeveral{0.32, 0.64};
constexpr SceneChoices::Range kTilts{-30, 30};
constexpr double kMargin = 0.012;  // between an object and the picture's edge
constexpr double kSpacing = 0.95;  // of the sum of two radii
constexpr int kPlaceTries = 20;
constexpr int kRounds = 200;

/// An object on its way, with what its lots are drawn from.
struct Draft {
  SceneObject object;
  SceneChoices choices;
};

template <typename T>
std::vector<T> first_given(const std::vector<T>& special, const std::vector<T>& general,
                           std::vector<T> open) {
  if (!special.empty()) return special;
  return general.empty() ? open : general;
}

/// The choices for one object, its lists no longer open.
SceneChoices resolve(const SceneOptions& options, SceneShape shape, bool biased) {
  using Kind = ScenePatternKind;
  const auto found = options.by_shape.find(shape);
  const SceneChoices special =
      biased && found != options.by_shape.end() ? found->second : SceneChoices{};
  const SceneChoices& general = options.choices;
  std::vector<SceneColour> colours;
  colours.reserve(kSceneColours);
  for (int i = 0; i < kSceneColours; ++i) colours.push_back(static_cast<SceneColour>(i));
  SceneChoices all;
  all.colours = first_given(special.colours, general.colours, std::move(colours));
  all.textures = first_given(
      special.textures, general.textures,
      {Kind::kPlain, Kind::kPlain, Kind::kStripes, Kind::kDots, Kind::kChecks, Kind::kNoise});
  all.backgrounds = first_given(special.backgrounds, general.backgrounds,
                                {Kind::kGradient, Kind::kStripes, Kind::kNoise, Kind::kBlobs});
  all.diameters = special.diameters ? special.diameters : general.diameters;
  all.tilts = special.tilts ? special.tilts : general.tilts;
  all.centres = special.centres ? special.centres : general.centres;
  return all;
}

SceneShape leading_shape(const std::vector<SceneShape>& shapes, const SceneKey& key) {
  const std::uint64_t round = key.index / shapes.size();
  Random random({kOrderStream, key.seed, static_cast<std::uint64_t>(key.split), round});
  std::vector<SceneShape> order = shapes;
  random.shuffle(std::span<SceneShape>(order));
  return order[key.index % shapes.size()];
}

std::vector<SceneShape> draw_shapes(const SceneOptions& options, const SceneKey& key,
                                    Random& random) {
  std::vector<SceneShape> shapes = shapes_in_use(options);
  const auto count = static_cast<std::size_t>(
      options.min_objects + random.below(options.max_objects - options.min_objects + 1));
  const SceneShape first = leading_shape(shapes, key);
  random.shuffle(std::span<SceneShape>(shapes));
  std::iter_swap(shapes.begin(), std::find(shapes.begin(), shapes.end(), first));
  shapes.resize(count);
  return shapes;
}

/// The first of several objects takes the upper half of the sizes, the others the lower.
double draw_diameter(Random& random, const SceneChoices& choices, std::size_t position,
                     std::size_t objects) {
  static constexpr std::array<double, kMaxObjects> kShareOfRange = {1.0, 0.5, 0.3, 0.2};
  SceneChoices::Range range = choices.diameters.value_or(kDiameters);
  range.high = range.low + (range.high - range.low) * kShareOfRange.at(objects - 1);
  const double middle = (range.low + range.high) / 2;
  if (objects > 1) (position == 0 ? range.low : range.high) = middle;
  return between(random, range.low, range.high);
}

double draw_degrees(Random& random, const SceneChoices& choices) {
  const SceneChoices::Range range = choices.tilts.value_or(kTilts);
  const double tilt = between(random, range.low, range.high);
  return tilt < 0 ? tilt + 360 : tilt;
}

void draw_fill(Random& random, Draft& draft) {
  SceneObject& object = draft.object;
  object.colour = pick(random, draft.choices.colours);
  ScenePattern& fill = object.fill;
  fill.kind = pick(random, draft.choices.textures);
  fill.first = scenes::vary(random, scenes::base_tone(object.colour), 0.05);
  const double luminance = 0.3 * fill.first.r + 0.59 * fill.first.g + 0.11 * fill.first.b;
  const bool lighten = luminance < 0.15 || (luminance < 0.75 && random.chance(0.5F));
  const SceneRgb end = lighten ? SceneRgb{1, 1, 1} : SceneRgb{0, 0, 0};
  fill.second = scenes::blend(fill.first, end, between(random, 0.16, 0.3));
  fill.period = between(random, 0.09, 0.14);
  fill.degrees = between(random, 0, 360);
  fill.phase = scenes::point_within(random);
  fill.seed = random.next();
}

std::vector<Draft> draw_objects(Random& random, const SceneOptions& options, const SceneKey& key) {
  std::vector<Draft> drafts;
  const std::vector<SceneShape> shapes = draw_shapes(options, key, random);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Draft draft;
    draft.choices = resolve(options, shapes[i], scenes::chance(random, options.bias));
    draft.object.shape = shapes[i];
    draft.object.diameter = draw_diameter(random, draft.choices, i, shapes.size());
    draft.object.degrees = draw_degrees(random, draft.choices);
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

ScenePoint draw_centre(Random& random, const Draft& draft) {
  const SceneChoices::Region region = draft.choices.centres.value_or(SceneChoices::Region{});
  const double edge = draft.object.diameter / 2 + kMargin;
  const auto inward = [edge](double v) { return std::clamp(v, edge, 1 - edge); };
  return scenes::point_within(random, {inward(region.x0), inward(region.y0)},
                              {inward(region.x1), inward(region.y1)});
}

bool place_after(Random& random, std::span<Draft> placed, Draft& next) {
  const auto clear_of = [&next](const Draft& other) {
    const double reach = (next.object.diameter + other.object.diameter) / 2;
    return scenes::length(next.object.centre - other.object.centre) >= kSpacing * reach;
  };
  for (int attempt = 0; attempt < kPlaceTries; ++attempt) {
    next.object.centre = draw_centre(random, next);
    if (std::all_of(placed.begin(), placed.end(), clear_of)) return true;
  }
  return false;
}

void place(Random& random, std::span<Draft> drafts) {
  for (int round = 0; round < kRounds; ++round) {
    std::size_t placed = 0;
    while (placed < drafts.size() && place_after(random, drafts.first(placed), drafts[placed])) {
      ++placed;
    }
    if (placed == drafts.size()) return;
  }
  throw ArgumentError("scenes: the diameters and centres asked for leave no room for " +
                      std::to_string(drafts.size()) + " objects side by side");
}

/// New colours are tried when no background suits them.
void colour(Random& random, std::span<Draft> drafts, Scene& scene) {
  for (int round = 0; round < kRounds; ++round) {
    scene.objects.clear();
    for (Draft& draft : drafts) {
      draw_fill(random, draft);
      scene.objects.push_back(draft.object);
    }
    const std::size_t largest = largest_object(scene);
    if (scenes::draw_background(random, drafts[largest].choices.backgrounds, scene)) return;
  }
}

void check_range(const std::string& name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw ArgumentError("scenes: " + name + " must lie within " + std::to_string(low) + " and " +
                      std::to_string(high) + ", but is " + std::to_string(value));
}

void check_choices(const SceneChoices& choices) {
  if (const auto& range = choices.tilts) {
    check_range("the least tilt", range->low, -360, 360);
    check_range("the greatest tilt", range->high, range->low, 360);
  }
  if (const auto& range = choices.diameters) {
    check_range("the least diameter", range->low, 0.1, 0.9);
    check_range("the greatest diameter", range->high, range->low, 0.9);
  }
  if (const auto& region = choices.centres) {
    check_range("the left end of centres", region->x0, 0, 1);
    check_range("the right end of centres", region->x1, region->x0, 1);
    check_range("the upper end of centres", region->y0, 0, 1);
    check_range("the lower end of centres", region->y1, region->y0, 1);
  }
}

const std::vector<std::string>& split_names() {
  static const std::vector<std::string> names = {"train", "val", "test"};
  return names;
}

}  // namespace

const std::string& name_of(SceneSplit split) {
  return split_names()[static_cast<std::size_t>(split)];
}

SceneSplit scene_split(std::string_view name) {
  const auto& names = split_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw LookupError(unknown_name_message("split", name, names));
  return static_cast<SceneSplit>(found - names.begin());
}

SceneOptions multi_object_scenes() {
  SceneOptions options;
  options.min_objects = 2;
  options.max_objects = kMaxObjects;
  options.choices.diameters = kDiametersOfSeveral;
  return options;
}

std::vector<SceneShape> shapes_in_use(const SceneOptions& options) {
  if (!options.shapes.empty()) return options.shapes;
  std::vector<SceneShape> all;
  all.reserve(kSceneShapes);
  for (int i = 0; i < kSceneShapes; ++i) all.push_back(static_cast<SceneShape>(i));
  return all;
}

void check(const SceneOptions& options) {
  const std::vector<SceneShape> shapes = shapes_in_use(options);
  if (std::set<SceneShape>(shapes.begin(), shapes.end()).size() != shapes.size()) {
    throw ArgumentError("scenes: a shape is named twice");
  }
  const int most = std::min(kMaxObjects, static_cast<int>(shapes.size()));
  check_range("the least number of objects", options.min_objects, 1, most);
  check_range("the greatest number of objects", options.max_objects, options.min_objects, most);
  check_range("bias", options.bias, 0, 1);
  check_range("occlusion", options.occlusion, 0, 1);
  check_range("the clutter", options.max_clutter, 0, 100);
  check_choices(options.choices);
  for (const auto& [shape, choices] : options.by_shape) check_choices(choices);
}

Scene describe_scene(const SceneOptions& options, const SceneKey& key) {
  check(options);
  Random random({kSceneStream, key.seed, static_cast<std::uint64_t>(key.split), key.index});
  std::vector<Draft> drafts = draw_objects(random, options, key);
  place(random, drafts);
  Scene scene;
  colour(random, drafts, scene);
  scenes::draw_clutter(random, options.max_clutter, scene);
  if (scenes::chance(random, options.occlusion)) scenes::draw_occluder(random, scene);
  scenes::draw_light_and_noise(random, scene);
  return scene;
}

}  // namespace cameo::zoo
