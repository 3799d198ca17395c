#include "zoo/datasets/datasets.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/image.h"

namespace cameo::zoo {

namespace {

void add_picture(const TemporaryFolder& folder, const std::string& name) {
  std::filesystem::create_directories((folder / name).parent_path());
  write_png(folder / name, Image(20, 10));
}

std::vector<int> labels(const Dataset& data) {
  std::vector<int> found;
  for (std::size_t i = 0; i < data.size(); ++i) found.push_back(data.label(i));
  return found;
}

}  // namespace

TEST_CASE("scenes by name, split, count, size and seed") {
  const auto data =
      open_dataset("scenes", {.split = "val", .image_shape = {3, 32, 32}, .count = 7});
  CHECK(data->size() == 7);
  CHECK(data->image_shape() == Shape{3, 32, 32});
  CHECK(data->class_names().size() == 10);
  const std::size_t first[] = {0};
  const auto pixels = [&](const char* name, const DatasetOptions& options) {
    const Tensor images = open_dataset(name, options)->batch(first).images;
    return std::vector<float>(images.data().begin(), images.data().end());
  };
  const DatasetOptions one{.split = "test", .image_shape = {3, 32, 32}, .count = 1};
  CHECK(pixels("scenes", one) == pixels("scenes", one));
  DatasetOptions seeded = one;
  seeded.seed = 1;
  CHECK(pixels("scenes", one) != pixels("scenes", seeded));
  CHECK(pixels("scenes", one) != pixels("scenes-multi", one));
}

TEST_CASE("a folder with splits and one without") {
  const TemporaryFolder folder;
  for (const char* name : {"a/train/x/0.png", "a/train/y/0.png", "a/train/y/1.png",
                           "a/test/x/0.png", "a/test/y/0.png", "b/x/0.png", "b/y/0.png"}) {
    add_picture(folder, name);
  }
  const auto train = open_dataset((folder / "a").string(), {.image_shape = {3, 8, 12}});
  CHECK(labels(*train) == std::vector<int>{0, 1, 1});
  CHECK(train->class_names() == std::vector<std::string>{"x", "y"});
  CHECK(train->image_shape() == Shape{3, 8, 12});
  CHECK(open_dataset((folder / "a").string(), {.split = "test"})->size() == 2);
  CHECK(open_dataset((folder / "b").string())->image_shape() == Shape{3, 224, 224});
  CHECK(open_dataset((folder / "b").string(), {.image_shape = {1, 8, 8}})->image_shape() ==
        Shape{1, 8, 8});
  CHECK_THROWS_AS(open_dataset((folder / "a").string(), {.split = "vall"}), LookupError);
  CHECK_THROWS_AS(open_dataset((folder / "b").string(), {.image_shape = {8}}), ArgumentError);
}

TEST_CASE("CIFAR-10's binary layout by its ending") {
  const TemporaryFolder folder;
  Bytes two(6146, 128);
  two[0] = 9;
  two[3073] = 0;
  write_file(folder / "batch.bin", two);
  const auto data = open_dataset((folder / "batch.bin").string());
  CHECK(labels(*data) == std::vector<int>{9, 0});
  CHECK(data->image_shape() == Shape{3, 32, 32});
  CHECK_THROWS_AS(open_dataset((folder / "missing.bin").string()), FileError);
}

TEST_CASE("data sets that do not exist are answered with those that do") {
  CHECK_THROWS_WITH(open_dataset("scens"), Catch::Matchers::Contains("\"scenes\""));
  CHECK_THROWS_WITH(open_dataset("fashion_mnist"), Catch::Matchers::Contains("\"fashion-mnist\""));
  CHECK_THROWS_AS(open_dataset("no/such/folder"), LookupError);
  CHECK_THROWS_AS(open_dataset(""), LookupError);
  CHECK_THROWS_WITH(open_dataset("scenes", {.split = "tets"}), Catch::Matchers::Contains("test"));
  CHECK_THROWS_AS(open_dataset("fashion-mnist", {.split = "val"}), LookupError);
  for (const Shape& shape : {Shape{3, 32, 40}, Shape{1, 32, 32}, Shape{32}, Shape{3, 8, 8}}) {
    INFO(to_string(shape));
    CHECK_THROWS_AS(open_dataset("scenes", {.image_shape = shape, .count = 1}), ArgumentError);
  }
}

TEST_CASE("every data set that is listed by name opens under it") {
  for (const DatasetInfo& info : dataset_infos()) {
    INFO(info.name);
    CHECK_FALSE(info.description.empty());
    if (!info.name.starts_with("scenes")) continue;
    CHECK(open_dataset(info.name, {.image_shape = {3, 32, 32}, .count = 1})->size() == 1);
  }
}

}  // namespace cameo::zoo
