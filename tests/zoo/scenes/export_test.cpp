#include "zoo/datasets/scenes/export.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/parallel.h"
#include "zoo/datasets/scenes/coco.h"
#include "zoo/datasets/scenes/scenes.h"
#include "zoo/image.h"

namespace {

using namespace cameo;
using namespace cameo::zoo;
using Json = nlohmann::json;
namespace fs = std::filesystem;

/// A folder of its own for each test, removed at the end.
class Scratch {
 public:
  Scratch() : path_(fs::temp_directory_path() / ("cameo_scenes_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// As pycocotools reads it: runs of 0 and 1 in turn, down the columns.
std::vector<std::uint8_t> decode(const Json& segmentation) {
  const std::size_t height = segmentation["size"][0];
  const std::size_t width = segmentation["size"][1];
  std::vector<std::uint8_t> mask(height * width);
  std::size_t at = 0;
  std::uint8_t value = 0;
  for (const int run : segmentation["counts"]) {
    for (int i = 0; i < run; ++i, ++at) {
      mask.at(at % height * width + at / height) = value;
    }
    value ^= 1;
  }
  CHECK(at == height * width);
  return mask;
}

}  // namespace

TEST_CASE("runs go down the columns and start with the zeros") {
  const std::vector<std::uint8_t> mask = {1, 0, 0, 1, 1, 0, 0, 1, 0};
  CHECK(coco_runs(mask, 3) == std::vector<std::int64_t>{0, 2, 2, 2, 3});
  CHECK_THROWS_AS(coco_runs(mask, 4), ArgumentError);
}

TEST_CASE("an export holds the data set's pictures, and its JSON their boxes and masks") {
  const Scratch scratch;
  const ScenesExportOptions options{
      .train = 30, .validation = 0, .test = 12, .size = 48, .scene = multi_object_scenes()};
  std::int64_t last = 0;
  const ThreadLimit threads(3);
  export_scenes(scratch.path() / "made", options, [&](std::int64_t done, std::int64_t total) {
    CHECK(done > last);
    CHECK(total == 42);
    last = done;
  });
  CHECK(last == 42);
  CHECK(!fs::exists(scratch.path() / "made" / "val"));
  CHECK(!fs::exists(scratch.path() / "made" / ".scenes.tmp"));

  const Scenes truth(
      {.split = SceneSplit::kTrain, .count = 30, .size = 48, .scene = multi_object_scenes()});
  const Json document = Json::parse(read_text(scratch.path() / "made" / "train.json"));
  REQUIRE(document["images"].size() == 30);
  REQUIRE(document["categories"].size() == kSceneShapes);
  std::map<int, std::vector<Json>> by_image;
  for (const Json& entry : document["annotations"]) by_image[entry["image_id"]].push_back(entry);
  std::set<fs::path> files;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const Json& image = document["images"][i];
    const Scene scene = truth.scene(i);
    const RenderedScene rendered = truth.rendered(i);
    const fs::path file = scratch.path() / "made" / image["file_name"].get<std::string>();
    files.insert(file);
    CHECK(file.parent_path().filename() ==
          truth.class_names().at(static_cast<std::size_t>(truth.label(i))));
    CHECK(zoo::read_image(file).pixels == rendered.pixels);
    const std::vector<Json>& entries = by_image[image["id"]];
    REQUIRE(entries.size() == scene.objects.size());
    for (std::size_t k = 0; k < entries.size(); ++k) {
      const RenderedObject& object = rendered.objects[k];
      const PixelBox& box = object.box;
      CHECK(decode(entries[k]["segmentation"]) == object.mask);
      CHECK(entries[k]["area"] == object.area);
      CHECK(entries[k]["bbox"] == Json({box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}));
      const int category = entries[k]["category_id"];
      CHECK(document["categories"][static_cast<std::size_t>(category - 1)]["name"] ==
            name_of(scene.objects[k].shape));
      CHECK(entries[k]["attributes"]["colour"] == name_of(scene.objects[k].colour));
    }
  }
  CHECK(files.size() == 30);
}

TEST_CASE("what cannot be exported is refused and leaves nothing behind") {
  const Scratch scratch;
  const ScenesExportOptions few{.train = 3, .validation = 0, .test = 0, .size = 32};
  CHECK_THROWS_AS(export_scenes(scratch.path(), {.train = 0, .validation = 0, .test = 0}),
                  ArgumentError);
  CHECK_THROWS_AS(export_scenes(scratch.path(), {.train = -1}), ArgumentError);
  CHECK_THROWS_AS(export_scenes(scratch.path() / "new", {.train = 3, .size = 5}), ArgumentError);

  const ExportProgress stop = [](std::int64_t, std::int64_t) { throw RunError("disk full"); };
  CHECK_THROWS_AS(export_scenes(scratch.path() / "new", few, stop), RunError);
  CHECK(fs::is_empty(scratch.path()));

  export_scenes(scratch.path(), few);
  CHECK_THROWS_WITH(export_scenes(scratch.path(), few), Catch::Contains("already there"));
  const fs::path file = scratch.path() / "train.json";
  CHECK_THROWS_AS(export_scenes(file, few), FileError);
  CHECK_THROWS_AS(export_scenes(file / "below", few), FileError);
}
