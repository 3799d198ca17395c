#include "layers/augmentation.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "core/error.h"
#include "layers/normalization.h"

using cameo::Augmentation;
using cameo::Shape;
using cameo::Tensor;

namespace {

using Pixels = std::vector<float>;

const Shape kShape{1, 3, 3};
const Pixels kPixels{1, 2, 3, 4, 5, 6, 7, 8, 9};

template <typename Change>
Pixels changed(Change change) {
  Pixels pixels = kPixels;
  change(std::span(pixels));
  return pixels;
}

Pixels augmented(const Augmentation& augmentation, std::uint64_t seed, std::uint64_t epoch,
                 std::uint64_t index) {
  return changed([&](std::span<float> image) {
    cameo::augment(image, kShape, augmentation, seed, epoch, index);
  });
}

/// The different results over many indices.
std::set<Pixels> all_results(const Augmentation& augmentation) {
  std::set<Pixels> results;
  for (std::uint64_t index = 0; index < 400; ++index) {
    results.insert(augmented(augmentation, 1, 2, index));
  }
  return results;
}

}  // namespace

TEST_CASE("a flip mirrors left and right in every channel") {
  Pixels two_channels{1, 2, 3, 4, 5, 6, 7, 8};
  cameo::flip_horizontally(two_channels, {2, 2, 2});
  CHECK(two_channels == Pixels{2, 1, 4, 3, 6, 5, 8, 7});
}

TEST_CASE("a shift repeats the edge or fills") {
  CHECK(changed([](std::span<float> image) {
          cameo::shift_repeating_edge(image, kShape, {.down = 1, .right = -1});
        }) == Pixels{2, 3, 3, 2, 3, 3, 5, 6, 6});
  CHECK(changed([](std::span<float> image) {
          cameo::shift_filling(image, kShape, {.down = 1, .right = -1}, 0.5F);
        }) == Pixels{0.5F, 0.5F, 0.5F, 2, 3, 0.5F, 5, 6, 0.5F});
}

TEST_CASE("cutout fills a square clipped at the borders") {
  CHECK(changed([](std::span<float> image) {
          cameo::cut_out(image, kShape, 2, {.down = 1, .right = 1}, 0.0F);
        }) == Pixels{0, 0, 3, 0, 0, 6, 7, 8, 9});
  CHECK(changed([](std::span<float> image) {
          cameo::cut_out(image, kShape, 3, {.down = 2, .right = 0}, 0.0F);
        }) == Pixels{1, 2, 3, 0, 0, 6, 0, 0, 9});
}

TEST_CASE("augmentation is a function of seed, epoch and index") {
  const Augmentation all{.horizontal_flip = true, .shift = 1, .crop_padding = 1, .cutout = 1};
  CHECK(augmented(all, 1, 2, 3) == augmented(all, 1, 2, 3));
  int different = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    if (augmented(all, 1, 2, i) != augmented(all, 2, 2, i)) ++different;
    if (augmented(all, 1, 2, i) != augmented(all, 1, 3, i)) ++different;
    if (augmented(all, 1, 2, i) != augmented(all, 1, 2, i + 20)) ++different;
  }
  CHECK(different > 50);
}

TEST_CASE("every outcome comes up") {
  CHECK(all_results({}).size() == 1);
  CHECK(all_results({.horizontal_flip = true}).size() == 2);
  CHECK(all_results({.shift = 1}).size() == 9);
  CHECK(all_results({.crop_padding = 1}).size() == 9);
  CHECK(all_results({.cutout = 1}).size() == 9);
}

TEST_CASE("half of the pictures are flipped") {
  int flipped = 0;
  for (std::uint64_t index = 0; index < 2000; ++index) {
    if (augmented({.horizontal_flip = true}, 4, 0, index) != kPixels) ++flipped;
  }
  CHECK(flipped > 890);
  CHECK(flipped < 1110);
}

TEST_CASE("augmentation must fit the picture") {
  CHECK_NOTHROW(cameo::check_augmentation({.shift = 2}, kShape));
  CHECK_THROWS_AS(cameo::check_augmentation({.shift = 3}, kShape), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::check_augmentation({.crop_padding = -1}, kShape), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::check_augmentation({.cutout = 3}, kShape), cameo::ArgumentError);
}

TEST_CASE("normalization works per channel") {
  Tensor images({1, 2, 1, 2}, Pixels{0.5F, 1.0F, 0.5F, 1.0F});
  cameo::normalize(images, {.mean = {0.5F, 0.0F}, .std = {0.25F, 0.5F}});
  CHECK(Pixels(images.data().begin(), images.data().end()) == Pixels{0, 2, 1, 2});
  cameo::normalize(images, {});
  CHECK(images.data()[1] == 2.0F);
  CHECK_THROWS_AS(cameo::normalize(images, {.mean = {1}, .std = {1}}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::normalize(images, {.mean = {1, 1}, .std = {1, 0}}), cameo::ArgumentError);
}
