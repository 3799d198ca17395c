#include "zoo/resize.h"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/parallel.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

struct Golden {
  ResizeFilter filter;
  std::int64_t source_width, source_height, width, height;
  std::uint32_t checksum;
  std::vector<int> first;
};

const std::vector<Golden>& goldens() {
  static const std::vector<Golden> kGoldens = {
#include "tests/zoo/resize_golden.inc"
  };
  return kGoldens;
}

/// The generator of make_resize_golden.py.
Image noise(std::int64_t width, std::int64_t height) {
  Image image(width, height);
  auto state = static_cast<std::uint32_t>(width * 1000 + height);
  for (std::uint8_t& sample : image.pixels) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<std::uint8_t>(state >> 24);
  }
  return image;
}

}  // namespace

TEST_CASE("resize equals Pillow's filters bit for bit") {
  for (const Golden& golden : goldens()) {
    const Image image = resize(noise(golden.source_width, golden.source_height), golden.width,
                               golden.height, golden.filter);
    INFO((golden.filter == ResizeFilter::kBicubic ? "bicubic " : "bilinear ")
         << golden.source_width << "x" << golden.source_height << " to " << golden.width << "x"
         << golden.height);
    REQUIRE(image.width == golden.width);
    REQUIRE(image.height == golden.height);
    CHECK(std::vector<int>(image.pixels.begin(), image.pixels.begin() + std::ssize(golden.first)) ==
          golden.first);
    CHECK(adler32_z(1, image.pixels.data(), image.pixels.size()) == golden.checksum);
  }
}

TEST_CASE("resize gives the same bits for any thread count") {
  const Image image = noise(700, 500);
  const Image expected = resize(image, 123, 89);
  for (const int threads : {1, 2, 3, 7}) {
    const ThreadLimit limit(threads);
    CHECK(resize(image, 123, 89) == expected);
  }
}

TEST_CASE("resize_short_side and center_crop follow torchvision") {
  CHECK(resize_short_side(Image(640, 480), 256).width == 341);
  CHECK(resize_short_side(Image(640, 480), 256).height == 256);
  CHECK(resize_short_side(Image(333, 501), 256).height == 385);
  const Image image = noise(10, 7);
  // (10-5)/2 = 2.5 and (7-4)/2 = 1.5 round to the even 2.
  CHECK(center_crop(image, 5, 4) == crop(image, 2, 2, 5, 4));
  CHECK_THROWS_AS(center_crop(image, 11, 4), ArgumentError);
  CHECK_THROWS_AS(resize(image, 0, 4), ArgumentError);
}

TEST_CASE("a photograph of 48 million pixels is resized") {
  const Image image(8000, 6000);
  CHECK(resize_short_side(image, 256).width == 341);
}
