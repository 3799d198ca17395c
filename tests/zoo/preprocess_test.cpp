#include "zoo/preprocess.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/parallel.h"
#include "zoo/resize.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

Image plain(std::int64_t width, std::int64_t height, std::array<std::uint8_t, 3> rgb) {
  Image image(width, height);
  for (std::int64_t i = 0; i < width * height; ++i) {
    std::copy(rgb.begin(), rgb.end(), image.at(i, 0));
  }
  return image;
}

float first(const Tensor& tensor, std::int64_t channel) {
  return tensor.data()[static_cast<std::size_t>(channel * tensor.dim(2) * tensor.dim(3))];
}

}  // namespace

TEST_CASE("imagenet preprocessing scales, crops and normalises") {
  const Preprocess preprocess = preprocess_preset("imagenet");
  const PreparedImage prepared = apply(preprocess, plain(640, 480, {255, 0, 51}));
  CHECK(prepared.input.shape() == Shape{1, 3, 224, 224});
  CHECK(prepared.shown.width == 224);
  CHECK(first(prepared.input, 0) == Approx((1.0 - 0.485) / 0.229));
  CHECK(first(prepared.input, 1) == Approx((0.0 - 0.456) / 0.224));
  CHECK(first(prepared.input, 2) == Approx((0.2 - 0.406) / 0.225));
  CHECK(preprocess_preset("imagenet", {.height = 227, .width = 227}).resize_short == 256);
  CHECK(preprocess_preset("imagenet", {.height = 299, .width = 299}).resize_short == 342);
}

TEST_CASE("the other presets") {
  const Image image = plain(50, 40, {10, 20, 30});
  const PreparedImage full = apply(preprocess_preset("imagenet-full"), image);
  CHECK(full.input.shape() == Shape{1, 3, 224, 224});
  const PreparedImage caffe = apply(preprocess_preset("caffe"), image);
  CHECK(first(caffe.input, 0) == Approx(30 - 104));
  CHECK(first(caffe.input, 1) == Approx(20 - 117));
  CHECK(first(caffe.input, 2) == Approx(10 - 123));
  CHECK(caffe.shown.at(0, 0)[0] == 10);
  CHECK(apply(preprocess_preset("cifar10"), image).input.shape() == Shape{1, 3, 32, 32});
  const PreparedImage unit = apply(preprocess_preset("unit", {.height = 6, .width = 8}), image);
  CHECK(unit.input.shape() == Shape{1, 3, 6, 8});
  CHECK(first(unit.input, 2) == 30.0F / 255.0F);
  const PreparedImage none = apply(preprocess_preset("none", {.height = 6, .width = 8}), image);
  CHECK(none.input.shape() == Shape{1, 3, 40, 50});
  CHECK(first(none.input, 1) == 20.0F);
  CHECK_THROWS_WITH(preprocess_preset("imagnet"), Contains("imagenet"));
  CHECK_THROWS_AS(preprocess_preset(""), LookupError);
}

TEST_CASE("imagenet-bicubic resizes by another filter") {
  Image image(300, 300);
  for (std::int64_t y = 0; y < 300; ++y) image.at(150, y)[1] = 255;
  const Preprocess bicubic = preprocess_preset("imagenet-bicubic");
  CHECK(bicubic.filter == ResizeFilter::kBicubic);
  const Image expected = center_crop(resize(image, 256, 256, ResizeFilter::kBicubic), 224, 224);
  CHECK(resize_and_crop(bicubic, image) == expected);
  CHECK_FALSE(resize_and_crop(preprocess_preset("imagenet"), image) == expected);
}

TEST_CASE("one-channel networks take the luminance") {
  Preprocess preprocess = preprocess_preset("unit", {.height = 4, .width = 4});
  preprocess.channels = 1;
  const PreparedImage prepared = apply(preprocess, plain(9, 9, {200, 100, 50}));
  CHECK(prepared.input.shape() == Shape{1, 1, 4, 4});
  // Pillow: (200*19595 + 100*38470 + 50*7471 + 32768) >> 16
  CHECK(prepared.shown.at(0, 0)[0] == 124);
  CHECK(prepared.shown.at(0, 0)[2] == 124);
  CHECK(first(prepared.input, 0) == 124.0F / 255.0F);
}

TEST_CASE("normalize takes batches of data sets") {
  const Preprocess rgb = {.bgr = true, .range = 255.0F, .mean = {1, 2, 3}, .std = {2, 2, 2}};
  Tensor batch({2, 3, 1, 1});
  std::copy_n(std::array{0.0F, 0.5F, 1.0F, 1.0F, 1.0F, 1.0F}.begin(), 6,
              batch.mutable_data().begin());
  const Tensor normal = normalize(rgb, batch);
  CHECK(normal.data()[0] == (255.0F - 1) / 2);
  CHECK(normal.data()[1] == (127.5F - 2) / 2);
  CHECK(normal.data()[2] == -1.5F);
  CHECK(normal.data()[5] == (255.0F - 3) / 2);
  CHECK(normalize({.channels = 1}, batch).shape() == Shape{2, 1, 1, 1});
  CHECK(normalize({.channels = 1}, batch).data()[1] == Approx(1.0));
  CHECK(normalize({}, Tensor({2, 1, 1, 1}, 0.5F)).shape() == Shape{2, 3, 1, 1});
  CHECK_THROWS_AS(normalize({}, Tensor({2, 2, 1, 1})), ShapeError);

  const Tensor back = denormalize(rgb, normal);
  for (std::size_t i = 0; i < 6; ++i) CHECK(back.data()[i] == Approx(batch.data()[i]));
  const Preprocess grey{.channels = 1, .mean = {0.25F}, .std = {0.5F, 1.0F, 1.0F}};
  CHECK(denormalize(grey, Tensor({1, 1, 1, 1}, 0.5F)).data()[0] == 0.5F);
  CHECK_THROWS_AS(denormalize(grey, batch), ShapeError);
}

TEST_CASE("preprocessing survives a round trip through JSON") {
  for (const std::string& name : preprocess_names()) {
    const Preprocess preprocess = preprocess_preset(name, {.height = 61, .width = 47});
    CHECK(preprocess_from_json(to_json(preprocess), "a") == preprocess);
  }
  const std::string good = to_json({});
  // Models saved before there was a choice do not name the filter.
  std::string without = good;
  const std::string filter = "\"filter\":\"bilinear\",";
  CHECK(preprocess_from_json(without.erase(good.find(filter), filter.size()), "a") == Preprocess{});
  CHECK_THROWS_AS(preprocess_from_json("{}", "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json("", "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json("[1]", "a"), FormatError);
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK_THROWS_AS(preprocess_from_json(changed("\"crop\":0", "\"crop\":-1"), "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("\"crop\":0", "\"crop\":\"x\""), "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("bilinear", "nearest"), "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("\"bilinear\"", "2"), "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("[1.0,1.0,1.0]", "[1.0,0.0,1.0]"), "a"),
                  FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("[1.0,1.0,1.0]", "[1.0]"), "a"), FormatError);
  CHECK_THROWS_AS(preprocess_from_json(changed("\"channels\":3", "\"channels\":2"), "a"),
                  FormatError);
}

TEST_CASE("preprocessing that cannot be done is refused") {
  CHECK_THROWS_AS(apply({.crop = 10}, Image(9, 20)), ArgumentError);
  CHECK_THROWS_AS(apply({.resize_width = 10}, Image(9, 20)), ArgumentError);
  CHECK_THROWS_AS(apply({.resize_short = 5, .resize_width = 10, .resize_height = 1}, Image(9, 20)),
                  ArgumentError);
  CHECK_THROWS_AS(apply({.resize_short = -5}, Image(9, 20)), ArgumentError);
  CHECK_THROWS_AS(apply({.std = {1, 0, 1}}, Image(9, 20)), ArgumentError);
}
