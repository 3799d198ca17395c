#include "core/ops/resize.h"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "core/error.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

const std::vector<double> kOne{0};
const std::vector<double> kTwo{0, 1};

Shape inferred(ResizeOptions options, const Shape& x) {
  return Resize(std::move(options)).infer_shape(std::array{x});
}

}  // namespace

TEST_CASE("Resize by the nearest element: forward and gradient") {
  struct Variant {
    ResizeOptions options;
    Shape rows;
    Shape columns;
  };
  using enum ResizeCoordinates;
  using enum ResizeRounding;
  const std::vector<Variant> variants{
      {{.coordinates = kAsymmetric, .rounding = kFloor, .scales = {1, 1, 2, 3}},
       {0, 0, 1, 1, 2, 2},
       {0, 0, 0, 1, 1, 1}},
      {{.coordinates = kHalfPixel, .sizes = {0, 0, 6, 1}}, {0, 0, 1, 1, 2, 2}, {0}},
      // 3 to 2: positions 1/4 and 7/4; 2 to 4: -1/4, 1/4, 3/4, 5/4.
      {{.coordinates = kHalfPixel, .rounding = kCeil, .sizes = {2, 1, 2, 4}}, {1, 2}, {0, 1, 1, 1}},
      // 3 to 5 between the corners: 0, 1/2, 1, 3/2, 2.
      {{.coordinates = kAlignCorners, .rounding = kPreferFloor, .sizes = {0, 0, 5, 1}},
       {0, 0, 1, 1, 2},
       {0}},
      {{.coordinates = kAlignCorners, .rounding = kPreferCeil, .sizes = {0, 0, 5, 2}},
       {0, 1, 1, 2, 2},
       {0, 1}},
      {{.coordinates = kAsymmetric, .rounding = kFloor, .scales = {1, 1, 0.4F, 0.5F}}, {0}, {0}},
  };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO("variant " << i);
    CHECK(problems({Resize(variants[i].options),
                    slice({{0, 1}, {0}, variants[i].rows, variants[i].columns}),
                    {random_tensor({2, 1, 3, 2}, 1)}}) == "");
  }
}

TEST_CASE("Resize by linear interpolation: forward and gradient") {
  struct Variant {
    ResizeOptions options;
    std::vector<double> rows;
    std::vector<double> columns;
  };
  using enum ResizeCoordinates;
  constexpr ResizeMode kLinear = ResizeMode::kLinear;
  const std::vector<Variant> variants{
      {{.mode = kLinear, .scales = {1, 1, 2, 2}},
       {0, 0.25, 0.75, 1.25, 1.75, 2},
       {0, 0.25, 0.75, 1}},
      {{.mode = kLinear, .sizes = {0, 0, 2, 1}}, {0.25, 1.75}, {0.5}},
      {{.mode = kLinear, .coordinates = kPytorchHalfPixel, .sizes = {0, 0, 1, 4}},
       {0},
       {0, 0.25, 0.75, 1}},
      {{.mode = kLinear, .coordinates = kAlignCorners, .sizes = {0, 0, 5, 1}},
       {0, 0.5, 1, 1.5, 2},
       {0}},
      // A length of 2.25 leaves 2: the corners are 1.25 apart, as ONNX has it.
      {{.mode = kLinear, .coordinates = kAlignCorners, .scales = {1, 1, 0.75F, 0.5F}},
       {0, 1.6},
       {0}},
      {{.mode = kLinear, .coordinates = kAsymmetric, .scales = {1, 1, 2, 1}},
       {0, 0.5, 1, 1.5, 2, 2},
       {0, 1}},
  };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO("variant " << i);
    CHECK(problems({Resize(variants[i].options),
                    interpolate({kTwo, kOne, variants[i].rows, variants[i].columns}),
                    {random_tensor({2, 1, 3, 2}, 1)}}) == "");
  }
}

TEST_CASE("Resize leaves any batch as it is, and checks its options") {
  CHECK(inferred({.sizes = {0, 0, 4, 4}}, {7, 3, 2, 2}) == Shape{7, 3, 4, 4});
  CHECK(inferred({.scales = {1, 1, 2, 2}}, {0, 3, 2, 2}) == Shape{0, 3, 4, 4});
  CHECK_THROWS_WITH(inferred({}, {1, 3, 2, 2}), Catch::StartsWith("Resize: "));
  CHECK_THROWS_AS(inferred({.scales = {1, 1}, .sizes = {0, 0}}, {1, 3, 2, 2}), ArgumentError);
  CHECK_THROWS_AS(inferred({.scales = {1, 1, 0, 1}}, {1, 3, 2, 2}), ArgumentError);
  CHECK_THROWS_AS(
      inferred({.scales = {1, 1, std::numeric_limits<float>::infinity(), 1}}, {1, 3, 2, 2}),
      ArgumentError);
  CHECK_THROWS_AS(inferred({.sizes = {0, 0, -1, 1}}, {1, 3, 2, 2}), ArgumentError);
  CHECK_THROWS_AS(inferred({.sizes = {0, 0, 4, 4}}, {1, 3, 0, 2}), ShapeError);
}
