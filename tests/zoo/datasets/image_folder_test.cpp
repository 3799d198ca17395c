#include "zoo/datasets/image_folder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/zoo/test_files.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

void add_picture(const std::filesystem::path& path, std::uint8_t grey, std::int64_t width = 9,
                 std::int64_t height = 7) {
  std::filesystem::create_directories(path.parent_path());
  Image image(width, height);
  std::fill(image.pixels.begin(), image.pixels.end(), grey);
  write_png(path, image);
}

constexpr Preprocess kSmall = {.resize_short = 4, .crop = 4};

std::vector<std::size_t> all(const Dataset& data) {
  std::vector<std::size_t> indices(data.size());
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
  return indices;
}

bool same(const Batch& a, const Batch& b) {
  return a.labels == b.labels && std::equal(a.images.data().begin(), a.images.data().end(),
                                            b.images.data().begin(), b.images.data().end());
}

}  // namespace

TEST_CASE("a picture folder lists classes and files in bytewise order") {
  const TemporaryFolder folder;
  add_picture(folder / "test" / "b" / "10.png", 10);
  add_picture(folder / "test" / "b" / "2.PNG", 20);
  add_picture(folder / "test" / "B" / "x.png", 30);
  add_picture(folder / "test" / "a" / "z.png", 40, 100, 3);
  add_picture(folder / "test" / "a" / ".hidden.png", 50);
  add_picture(folder / "test" / ".hidden" / "a.png", 50);
  add_picture(folder / "train" / "other" / "a.png", 50);
  write_file(folder / "test" / "a" / "notes.txt", "x");
  write_file(folder / "test" / "labels.csv", "x");
  std::filesystem::create_directory(folder / "test" / "a" / "folder.png");

  const ImageFolder data(folder.path(), {.split = "test", .preprocess = kSmall});
  CHECK(data.class_names() == std::vector<std::string>{"B", "a", "b"});
  REQUIRE(data.size() == 4);
  CHECK(data.image_shape() == Shape{3, 4, 4});
  CHECK(data.file(2).filename() == "10.png");
  CHECK(data.file(3).filename() == "2.PNG");
  const Batch batch = data.batch(all(data));
  CHECK(batch.images.shape() == Shape{4, 3, 4, 4});
  CHECK(batch.labels == std::vector<int>{0, 1, 2, 2});
  CHECK(batch.images.data()[0] == 30.0F / 255.0F);
  CHECK(batch.images.data()[3 * 48 + 47] == 20.0F / 255.0F);
  CHECK_THROWS_AS(data.label(4), ArgumentError);
  CHECK_THROWS_WITH(ImageFolder(folder.path(), {.split = "val"}),
                    Contains("\"val\"") && Contains("test, train"));
}

TEST_CASE("a picture folder without splits holds its classes directly") {
  const TemporaryFolder folder;
  add_picture(folder / "cat" / "1.png", 1);
  add_picture(folder / "dog" / "1.png", 2);
  write_jpeg(folder / "dog" / "2.jpeg", Image(30, 20));
  const Preprocess grey = {.resize_width = 6, .resize_height = 5, .channels = 1};
  const ImageFolder data(folder.path(), {.preprocess = grey});
  CHECK(data.size() == 3);
  CHECK(data.image_shape() == Shape{1, 5, 6});
  CHECK(data.batch(all(data)).images.shape() == Shape{3, 1, 5, 6});
}

TEST_CASE("a picture folder gives the same bits with and without cache and threads") {
  const TemporaryFolder folder;
  for (int i = 0; i < 12; ++i) {
    add_picture(folder / (i % 2 == 0 ? "a" : "b") / (std::to_string(i) + ".png"),
                static_cast<std::uint8_t>(20 * i), 20 + i, 30 - i);
  }
  const ImageFolder plain(folder.path(), {.preprocess = kSmall, .cache_bytes = 0});
  const ImageFolder cached(folder.path(), {.preprocess = kSmall, .cache_bytes = 5 * 48});
  const Batch expected = plain.batch(all(plain));
  for (const int threads : {1, 2, 5}) {
    const ThreadLimit limit(threads);
    CHECK(same(cached.batch(all(cached)), expected));
    CHECK(same(plain.batch(all(plain)), expected));
  }
  std::vector<Batch> batches(4);
  {
    std::vector<std::jthread> threads;
    for (Batch& batch : batches) {
      threads.emplace_back([&] { batch = cached.batch(all(cached)); });
    }
  }
  for (const Batch& batch : batches) CHECK(same(batch, expected));
}

TEST_CASE("picture folders that cannot be used are refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(ImageFolder(folder / "missing"), Contains("does not exist"));
  CHECK_THROWS_WITH(ImageFolder(folder.path()), Contains("no pictures"));
  write_file(folder / "file", "x");
  CHECK_THROWS_WITH(ImageFolder(folder / "file"), Contains("this is a file"));
  add_picture(folder / "a" / "1.png", 1);
  CHECK_THROWS_WITH(ImageFolder(folder.path()), Contains("only one class"));
  CHECK_THROWS_AS(ImageFolder(folder.path()), FileError);
  std::filesystem::create_directory(folder / "b");
  CHECK_THROWS_WITH(ImageFolder(folder.path()), Contains("/b") && Contains("without pictures"));
  write_file(folder / "b" / "broken.png", "no picture");
  CHECK_THROWS_AS(ImageFolder(folder.path(), {.preprocess = {}}), ArgumentError);
  const ImageFolder data(folder.path(), {.preprocess = kSmall});
  CHECK_THROWS_WITH(data.batch(all(data)), Contains("broken.png"));
  CHECK_THROWS_AS(data.batch(all(data)), FormatError);
}
