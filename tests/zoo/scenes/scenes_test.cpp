#include "zoo/datasets/scenes/scenes.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <span>

#include "core/error.h"
#include "core/parallel.h"
#include "zoo/datasets/scenes/geometry.h"

namespace {

using namespace cameo;
using namespace cameo::zoo;

std::uint64_t hash_of(const std::vector<std::uint8_t>& bytes, std::uint64_t hash) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}

std::uint64_t hash_of(const SceneOptions& options, int size, int count) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (int i = 0; i < count; ++i) {
    const Scene scene = describe_scene(options, {7, SceneSplit::kTest, static_cast<unsigned>(i)});
    const RenderedScene rendered = render_scene(scene, size);
    hash = hash_of(rendered.pixels, hash);
    for (const RenderedObject& object : rendered.objects) hash = hash_of(object.mask, hash);
  }
  return hash;
}

std::vector<std::size_t> first_indices(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

std::vector<float> all_values(const Scenes& scenes) {
  const Batch batch = scenes.batch(first_indices(scenes.size()));
  return {batch.images.data().begin(), batch.images.data().end()};
}

/// Mean colour of the pixels that `chosen(x, y)` picks, values 0 … 1.
template <typename Chosen>
SceneRgb mean_colour(const RenderedScene& scene, const Chosen& chosen) {
  SceneRgb sum;
  int count = 0;
  for (int y = 0; y < scene.size; ++y) {
    for (int x = 0; x < scene.size; ++x) {
      if (!chosen(x, y)) continue;
      const std::uint8_t* p =
          &scene
               .pixels[std::size_t{3} * static_cast<std::size_t>(y * std::int64_t{scene.size} + x)];
      sum = {sum.r + p[0], sum.g + p[1], sum.b + p[2]};
      ++count;
    }
  }
  const double scale = 1.0 / (255.0 * std::max(count, 1));
  return {sum.r * scale, sum.g * scale, sum.b * scale};
}

}  // namespace

TEST_CASE("rotation is a sine and a cosine for every quarter") {
  for (int degrees = -725; degrees <= 725; degrees += 5) {
    const double radians = degrees * std::acos(-1.0) / 180.0;
    CHECK(scenes::rotation(degrees).cosine == Approx(std::cos(radians)).margin(1e-11));
    CHECK(scenes::rotation(degrees).sine == Approx(std::sin(radians)).margin(1e-11));
  }
}

TEST_CASE("every shape fills a fair part of the unit circle and stays within it") {
  for (int shape = 0; shape < kSceneShapes; ++shape) {
    const auto kind = static_cast<SceneShape>(shape);
    INFO(name_of(kind));
    int inside = 0;
    double reach = 0;
    for (int y = -60; y <= 60; ++y) {
      for (int x = -60; x <= 60; ++x) {
        const ScenePoint p{x / 50.0, y / 50.0};
        if (scenes::shape_distance(kind, p) >= 0) continue;
        ++inside;
        reach = std::max(reach, scenes::length(p));
      }
    }
    CHECK(inside > 0.25 * 7854);
    CHECK(reach <= 1.0);
    CHECK(reach > 0.95);
  }
}

TEST_CASE("shape, colour and split names go both ways, and a wrong one is answered") {
  for (int i = 0; i < kSceneShapes; ++i) {
    CHECK(scene_shape(name_of(static_cast<SceneShape>(i))) == static_cast<SceneShape>(i));
    CHECK(scene_colour(name_of(static_cast<SceneColour>(i))) == static_cast<SceneColour>(i));
  }
  CHECK(std::is_sorted(scene_shape_names().begin(), scene_shape_names().end()));
  CHECK(scene_split("val") == SceneSplit::kValidation);
  CHECK_THROWS_WITH(scene_shape("cirle"), Catch::Contains("circle"));
  CHECK_THROWS_AS(scene_colour("mauve"), LookupError);
  CHECK_THROWS_AS(scene_split("training"), LookupError);
}

TEST_CASE("the same seed gives the same bytes, whatever the number of threads") {
  const ScenesOptions options{.count = 60, .scene = multi_object_scenes(), .seed = 3};
  std::vector<std::vector<float>> runs;
  for (const int threads : {1, 2, 5}) {
    const ThreadLimit limit(threads);
    runs.push_back(all_values(Scenes(options)));
  }
  CHECK(runs[1] == runs[0]);
  CHECK(runs[2] == runs[0]);
  ScenesOptions other = options;
  other.seed = 4;
  CHECK(all_values(Scenes(other)) != runs[0]);
}

TEST_CASE("pictures and masks have the bytes they always had") {
  CHECK(hash_of(SceneOptions{}, 64, 12) == 0x9D00C86C861BDA7FULL);
  CHECK(hash_of(multi_object_scenes(), 96, 8) == 0x93548D190897C796ULL);
}

TEST_CASE("a picture is the same in a small set and in a large one") {
  const Scenes small({.count = 3});
  const Scenes large({.count = 20});
  const std::vector<float> values = all_values(large);
  const std::vector<float> few = all_values(small);
  CHECK(std::equal(few.begin(), few.end(), values.begin()));
}

TEST_CASE("splits share no picture") {
  std::set<std::uint64_t> seen;
  constexpr std::uint64_t kEach = 200;
  for (const SceneSplit split : {SceneSplit::kTrain, SceneSplit::kValidation, SceneSplit::kTest}) {
    for (std::uint64_t i = 0; i < kEach; ++i) {
      seen.insert(hash_of(render_scene(describe_scene({}, {0, split, i}), 32).pixels, 0));
    }
  }
  CHECK(seen.size() == 3 * kEach);
}

TEST_CASE("batches hold the rendered bytes as values from 0 to 1, by channel") {
  const Scenes scenes({.count = 5, .size = 40});
  CHECK(scenes.image_shape() == Shape{3, 40, 40});
  const std::vector<std::size_t> wanted = {4, 1};
  const Batch batch = scenes.batch(wanted);
  REQUIRE(batch.images.shape() == Shape{2, 3, 40, 40});
  CHECK(batch.labels == std::vector<int>{scenes.label(4), scenes.label(1)});
  const RenderedScene rendered = scenes.rendered(1);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t at = 0; at < 1600; at += 7) {
      const float value = batch.images.data()[(3 + channel) * 1600 + at];
      CHECK(value == static_cast<float>(rendered.pixels[at * 3 + channel]) / 255.0F);
    }
  }
  CHECK_THROWS_AS(scenes.label(5), ArgumentError);
  CHECK_THROWS_AS(scenes.batch(std::vector<std::size_t>{0, 5}), ArgumentError);
}

TEST_CASE("boxes are tight about the masks, and areas count them") {
  for (std::uint64_t i = 0; i < 150; ++i) {
    const Scene scene = describe_scene(multi_object_scenes(), {1, SceneSplit::kTrain, i});
    const RenderedScene rendered = render_scene(scene, 64);
    REQUIRE(rendered.objects.size() == scene.objects.size());
    std::vector<int> owners(64 * 64);
    for (const RenderedObject& object : rendered.objects) {
      PixelBox box{64, 64, 0, 0};
      int area = 0;
      for (int at = 0; at < 64 * 64; ++at) {
        if (object.mask[static_cast<std::size_t>(at)] == 0) continue;
        const int x = at % 64;
        const int y = at / 64;
        box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1),
               std::max(box.y1, y + 1)};
        ++owners[static_cast<std::size_t>(at)];
        ++area;
      }
      CHECK(object.box == box);
      CHECK(object.area == area);
    }
    CHECK(*std::max_element(owners.begin(), owners.end()) == 1);
  }
}

TEST_CASE("most of every object is visible and objects keep within the picture") {
  double least = 1;
  int occluded = 0;
  for (std::uint64_t i = 0; i < 600; ++i) {
    const SceneOptions options = i % 2 == 0 ? SceneOptions{} : multi_object_scenes();
    const Scene scene = describe_scene(options, {2, SceneSplit::kTest, i});
    const RenderedScene rendered = render_scene(scene, 64);
    occluded += scene.occluders.empty() ? 0 : 1;
    for (const RenderedObject& object : rendered.objects) {
      const double share = static_cast<double>(object.area) / static_cast<double>(object.full_area);
      least = std::min(least, share);
      if (scene.occluders.empty() && scene.objects.size() == 1) {
        CHECK(object.box == object.full_box);
      }
      CHECK(object.full_area >= 60);
      CHECK(std::min(object.full_box.x0, object.full_box.y0) > 0);
      CHECK(std::max(object.full_box.x1, object.full_box.y1) < 64);
    }
  }
  CHECK(least > 0.65);
  CHECK(least < 0.85);
  CHECK(occluded > 60);
  CHECK(occluded < 120);
}

TEST_CASE("any stretch of indices has every class about equally often") {
  const Scenes scenes({.count = 205, .size = 32});
  std::map<int, int> counts;
  for (std::size_t i = 0; i < scenes.size(); ++i) ++counts[scenes.label(i)];
  REQUIRE(counts.size() == kSceneShapes);
  for (const auto& [label, count] : counts) CHECK((count == 20 || count == 21));
}

TEST_CASE("objects differ in colour from what is behind and before them") {
  for (std::uint64_t i = 0; i < 1500; ++i) {
    const SceneOptions options = i % 2 == 0 ? SceneOptions{} : multi_object_scenes();
    const Scene scene = describe_scene(options, {5, SceneSplit::kTrain, i});
    for (const SceneObject& object : scene.objects) {
      CHECK(scenes::pattern_contrast(object.fill, scene.background) >= kSceneContrast);
      for (const SceneOccluder& occluder : scene.occluders) {
        CHECK(scenes::colour_distance(object.fill.first, occluder.colour) >= kSceneContrast);
      }
    }
  }
}

TEST_CASE("the contrast survives light, clutter and noise") {
  for (std::uint64_t i = 0; i < 300; ++i) {
    SceneOptions options;
    options.occlusion = 0;
    const RenderedScene rendered =
        render_scene(describe_scene(options, {6, SceneSplit::kTrain, i}), 64);
    const RenderedObject& object = rendered.objects[0];
    const auto on_object = [&](int x, int y) {
      return object.mask[static_cast<std::size_t>(std::int64_t{64} * y + x)] == 1;
    };
    const PixelBox& box = object.box;
    const auto around = [&](int x, int y) {
      const bool near = x >= box.x0 - 3 && x < box.x1 + 3 && y >= box.y0 - 3 && y < box.y1 + 3;
      return near && !(x >= box.x0 - 1 && x <= box.x1 && y >= box.y0 - 1 && y <= box.y1);
    };
    CHECK(scenes::colour_distance(mean_colour(rendered, on_object), mean_colour(rendered, around)) >
          0.25);
  }
}

TEST_CASE("a scene of several objects has distinct shapes and is named after the largest") {
  const Scenes scenes({.count = 120, .size = 32, .scene = multi_object_scenes(), .seed = 9});
  std::map<std::size_t, int> sizes;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const Scene scene = scenes.scene(i);
    std::set<SceneShape> shapes;
    for (const SceneObject& object : scene.objects) {
      shapes.insert(object.shape);
      CHECK(object.diameter <= scene.objects[0].diameter);
    }
    CHECK(shapes.size() == scene.objects.size());
    CHECK(scenes.label(i) == static_cast<int>(scene.objects[0].shape));
    ++sizes[scene.objects.size()];
  }
  CHECK(sizes.size() == 3);
  CHECK(sizes.begin()->first == 2);
}

TEST_CASE("relations follow from the centres") {
  Scene scene;
  scene.objects.resize(3);
  scene.objects[0].centre = {0.2, 0.5};
  scene.objects[1].centre = {0.7, 0.45};
  scene.objects[2].centre = {0.22, 0.9};
  std::set<std::string> facts;
  for (const SceneFact& fact : relations(scene)) {
    facts.insert(std::to_string(fact.subject) + " " + name_of(fact.relation) + " " +
                 std::to_string(fact.object));
  }
  CHECK(facts == std::set<std::string>{"0 left of 1", "1 right of 0", "0 above 2", "2 below 0",
                                       "1 right of 2", "2 left of 1", "1 above 2", "2 below 1"});
}

TEST_CASE("choices by shape make a bias as strong as asked") {
  SceneOptions options;
  options.shapes = {SceneShape::kStar, SceneShape::kRing};
  options.choices.textures = {ScenePatternKind::kPlain};
  options.by_shape[SceneShape::kStar].colours = {SceneColour::kRed};
  options.by_shape[SceneShape::kStar].backgrounds = {ScenePatternKind::kBlobs};
  options.by_shape[SceneShape::kStar].centres = SceneChoices::Region{0, 0, 0.5, 0.5};
  options.by_shape[SceneShape::kStar].diameters = SceneChoices::Range{0.3, 0.35};
  options.bias = 0.75;
  int stars = 0;
  int red = 0;
  for (std::uint64_t i = 0; i < 600; ++i) {
    const Scene scene = describe_scene(options, {0, SceneSplit::kTrain, i});
    const SceneObject& object = scene.objects[0];
    CHECK(object.fill.kind == ScenePatternKind::kPlain);
    if (object.shape != SceneShape::kStar) continue;
    ++stars;
    if (object.colour != SceneColour::kRed || object.diameter > 0.35) continue;
    if (scene.background.kind != ScenePatternKind::kBlobs) continue;
    if (object.centre.x <= 0.5 && object.centre.y <= 0.5) ++red;
  }
  CHECK(stars == 300);
  CHECK(red > 200);
  CHECK(red < 250);
}

TEST_CASE("options that cannot be met are refused") {
  CHECK_THROWS_AS(Scenes({.count = 0}), ArgumentError);
  CHECK_THROWS_AS(Scenes({.count = -1}), ArgumentError);
  CHECK_THROWS_AS(Scenes({.count = std::int64_t{1} << 40}), ArgumentError);
  CHECK_THROWS_AS(Scenes({.count = 1, .size = 0}), ArgumentError);
  CHECK_THROWS_AS(Scenes({.count = 1, .size = 513}), ArgumentError);
  CHECK_THROWS_AS(render_scene(describe_scene({}, {}), 31), ArgumentError);
  SceneOptions options;
  options.max_objects = 5;
  CHECK_THROWS_AS(describe_scene(options, {}), ArgumentError);
  options = {};
  options.min_objects = 0;
  CHECK_THROWS_AS(describe_scene(options, {}), ArgumentError);
  options = {};
  options.occlusion = std::nan("");
  CHECK_THROWS_AS(describe_scene(options, {}), ArgumentError);
  options = {};
  options.shapes = {SceneShape::kRing, SceneShape::kRing};
  CHECK_THROWS_AS(describe_scene(options, {}), ArgumentError);
  options = multi_object_scenes();
  options.choices.diameters = SceneChoices::Range{0.6, 0.7};
  CHECK_THROWS_AS(describe_scene(options, {}), ArgumentError);
}
