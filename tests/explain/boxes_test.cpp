#include "explain/boxes.h"

#include <catch2/catch.hpp>
#include <limits>

#include "core/error.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Two corners that touch diagonally (3 pixels), and a bar of 4 further right.
Tensor two_blobs() {
  return tensor({4, 6}, {9, 9, 0, 0, 0, 5,  //
                         0, 0, 9, 0, 0, 5,  //
                         0, 0, 0, 9, 0, 5,  //
                         0, 0, 0, 0, 0, 5});
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("boxes: the largest component at a share of the maximum") {
  const Tensor map = two_blobs();
  CHECK(largest_component_box(map, {.share = 0.9F}) == Box{0, 0, 4, 3});
  CHECK(largest_component_box(map, {.share = 0.9F, .connectivity = Connectivity::kFour}) ==
        Box{0, 0, 2, 1});
  CHECK(largest_component_box(map, {.share = 0.2F, .connectivity = Connectivity::kFour}) ==
        Box{5, 0, 6, 4});
}

TEST_CASE("boxes: of equal components the first in reading order counts") {
  CHECK(largest_component_box(two_blobs(), {.share = 0.2F}) == Box{0, 0, 4, 3});
  CHECK(largest_component_box(tensor({1, 5}, {0, 1, 0, 1, 0})) == Box{1, 0, 2, 1});
}

TEST_CASE("boxes: the threshold itself is in or out") {
  const Tensor map = tensor({1, 4}, {8, 4, 2, 1});
  CHECK(largest_component_box(map, {.share = 0.5F}) == Box{0, 0, 1, 1});
  CHECK(largest_component_box(map, {.share = 0.5F, .inclusive = true}) == Box{0, 0, 2, 1});
  CHECK(largest_component_box(map, {.share = 1.0F, .inclusive = true}) == Box{0, 0, 1, 1});
  CHECK_FALSE(largest_component_box(map, {.share = 1.0F}));
  CHECK(largest_component_box(map, {.share = 0.0F}) == Box{0, 0, 4, 1});
}

TEST_CASE("boxes: maps with nothing to enclose") {
  CHECK_FALSE(largest_component_box(Tensor({3, 3})));
  CHECK_FALSE(largest_component_box(Tensor({3, 3}, -1.0F)));
  CHECK_FALSE(largest_component_box(tensor({1, 2}, {1, kNan})));
  CHECK_FALSE(largest_component_box(tensor({1, 2}, {kNan, 1})));
  CHECK(largest_component_box(Tensor({3, 2}, 1.0F)) == Box{0, 0, 2, 3});
  CHECK(largest_component_box(Tensor({1, 1}, 1.0F)) == Box{0, 0, 1, 1});
  CHECK_THROWS_AS(largest_component_box(Tensor({1, 3, 3})), ShapeError);
  CHECK_THROWS_AS(largest_component_box(Tensor({0, 3})), ShapeError);
  CHECK_THROWS_AS(largest_component_box(Tensor({3, 3}), {.share = 1.5F}), ArgumentError);
  CHECK_THROWS_AS(largest_component_box(Tensor({3, 3}), {.share = kNan}), ArgumentError);
}

TEST_CASE("boxes: a spiral as large as a picture is one component") {
  constexpr std::int64_t kSize = 257;
  Tensor map({kSize, kSize});
  const auto out = map.mutable_data();
  for (std::int64_t y = 0; y < kSize; ++y) {
    for (std::int64_t x = 0; x < kSize; ++x) {
      const bool link = x == (y % 4 == 1 ? kSize - 1 : 0);
      out[static_cast<std::size_t>(y * kSize + x)] = y % 2 == 0 || link ? 1.0F : 0.0F;
    }
  }
  CHECK(largest_component_box(map, {.connectivity = Connectivity::kFour}) ==
        Box{0, 0, kSize, kSize});
}

TEST_CASE("boxes: intersection over union") {
  const Box a{0, 0, 4, 4};
  CHECK(area(a) == 16);
  CHECK(intersection_over_union(a, a) == 1.0);
  CHECK(intersection_over_union(a, {2, 2, 6, 6}) == Approx(4.0 / 28.0));
  CHECK(intersection_over_union(a, {4, 0, 8, 4}) == 0.0);
  CHECK(intersection_over_union(a, {1, 1, 3, 3}) == Approx(0.25));
  CHECK(intersection_over_union({}, {}) == 0.0);
  CHECK(area({3, 3, 1, 5}) == 0);
}

TEST_CASE("boxes: where a map points") {
  const Tensor map = tensor({2, 3}, {1, 5, 2, 0, 5, 3});
  CHECK(maximum_position(map) == Position{0, 1});
  CHECK(maximum_position(tensor({1, 3}, {-3, -1, -2})) == Position{0, 1});
  CHECK(maximum_position(Tensor({1, 1})) == Position{0, 0});
  CHECK_FALSE(maximum_position(Tensor({2, 2}, 4.0F)));
  CHECK_FALSE(maximum_position(tensor({1, 2}, {1, kNan})));
  CHECK(points_into(map, {1, 0, 2, 1}));
  CHECK_FALSE(points_into(map, {0, 0, 1, 2}));
  CHECK_FALSE(points_into(map, {2, 0, 3, 2}));
  CHECK_FALSE(points_into(map, {1, 1, 2, 2}));
  CHECK_FALSE(points_into(Tensor({2, 2}), {0, 0, 2, 2}));
}

TEST_CASE("boxes: the share of the positive values inside") {
  const Tensor map = tensor({2, 3}, {1, 2, -5, 3, 4, 0});
  CHECK(energy_inside(map, {.left = 0, .top = 0, .right = 1, .bottom = 2}) == Approx(0.4));
  CHECK(energy_inside(map, {.left = 0, .top = 0, .right = 3, .bottom = 2}) == Approx(1.0));
  CHECK(energy_inside(map, {.left = 2, .top = 0, .right = 3, .bottom = 2}) == Approx(0.0));
  CHECK_FALSE(energy_inside(Tensor({2, 2}, -1.0F), {.right = 2, .bottom = 2}));
  CHECK_FALSE(energy_inside(tensor({1, 2}, {kNan, 1}), {.right = 2, .bottom = 1}));
  CHECK_THROWS_AS(energy_inside(Tensor({1, 2, 2}), Box{}), ShapeError);
}
