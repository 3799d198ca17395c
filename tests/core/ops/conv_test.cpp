#include "core/ops/conv.h"

#include <array>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::test;
using ops::Conv;
using ops::ConvOptions;

TEST_CASE("Conv: forward and gradients of every input") {
  struct Variant {
    ConvOptions options;
    Shape x, weight;
  };
  const std::vector<Variant> variants{
      {{}, {2, 2, 5, 6}, {3, 2, 3, 3}},
      {{.pads = {1, 1, 1, 1}}, {2, 3, 4, 4}, {2, 3, 3, 3}},
      {{.strides = {2, 1}, .pads = {0, 2, 1, 0}}, {1, 2, 6, 5}, {2, 2, 3, 2}},
      {{.pads = {2, 1, 2, 3}, .dilations = {2, 3}}, {1, 2, 6, 7}, {2, 2, 3, 3}},
      {{.pads = {1, 1, 1, 1}, .groups = 2}, {2, 4, 4, 4}, {6, 2, 3, 3}},
      {{.strides = {2, 2}, .pads = {1, 1, 1, 1}, .groups = 3}, {2, 3, 5, 5}, {3, 1, 3, 3}},
      {{}, {2, 3, 4, 4}, {5, 3, 1, 1}},
      {{.pads = {4, 4, 4, 4}}, {1, 1, 2, 2}, {1, 1, 3, 3}},
      {{}, {0, 2, 4, 4}, {3, 2, 3, 3}},
  };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO("variant " << i);
    const Variant& v = variants[i];
    const Tensor x = random_tensor(v.x, 1);
    const Tensor weight = random_tensor(v.weight, 2);
    const Tensor bias = random_tensor({v.weight[0]}, 3);
    CHECK(problems({Conv(v.options), conv(v.options), {x, weight}}) == "");
    CHECK(problems({Conv(v.options), conv(v.options), {x, weight, bias}}) == "");
  }
}

TEST_CASE("Conv checks its arguments") {
  const auto infer = [](const ConvOptions& options, const Shape& x, const Shape& weight) {
    return Conv(options).infer_shape(std::array{x, weight});
  };
  const Shape x{1, 4, 5, 5};
  const Shape w{2, 4, 3, 3};
  CHECK(infer({}, x, w) == Shape{1, 2, 3, 3});
  CHECK_THROWS_WITH(infer({}, x, {2, 3, 3, 3}),
                    Catch::StartsWith("Conv: ") && Catch::Contains("[2,4,3,3]"));
  CHECK_THROWS_AS(infer({}, {4, 5, 5}, w), ShapeError);
  CHECK_THROWS_AS(infer({}, x, {2, 4, 3}), ShapeError);
  CHECK_THROWS_AS(infer({}, {1, 4, 2, 5}, w), ShapeError);
  CHECK_THROWS_AS(infer({}, {1, 4, 0, 5}, w), ShapeError);
  CHECK_THROWS_AS(infer({}, x, {0, 4, 3, 3}), ShapeError);
  CHECK_THROWS_AS(infer({}, x, {2, 4, 0, 3}), ArgumentError);
  for (const std::int64_t groups : {0, -1, 3})
    CHECK_THROWS_AS(infer({.groups = groups}, x, w), ShapeError);
  CHECK_THROWS_AS(infer({.strides = {0, 1}}, x, w), ArgumentError);
  CHECK_THROWS_AS(infer({.pads = {0, 0, -1, 0}}, x, w), ArgumentError);
  CHECK_THROWS_AS(infer({.dilations = {1, 0}}, x, w), ArgumentError);
  CHECK_THROWS_AS(infer({.dilations = {INT64_MAX, 1}}, x, w), ArgumentError);
  CHECK_THROWS_AS(infer({.pads = {INT32_MAX, INT32_MAX, 0, 0}}, {1LL << 20, 4, 5, 5}, w),
                  ShapeError);
  CHECK_THROWS_AS(infer({}, {0, 4, INT64_MAX, 5}, w), ShapeError);
  CHECK_THROWS_AS(Conv().infer_shape(std::array{x, w, Shape{3}}), ShapeError);
  CHECK_THROWS_AS(Conv().infer_shape(std::array{x}), ShapeError);
}
