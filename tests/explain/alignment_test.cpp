// Where a layer's cells lie on the picture; centres worked out by hand.
#include "explain/alignment.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/receptive_field.h"
#include "explain/display.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// SqueezeNet's beginning in small: conv 7/2 without padding, pool 3/2, conv 3/1 padded by one.
Network strided_network() {
  Graph graph({1, 31, 31});
  graph.conv("conv1", Tensor({1, 1, 7, 7}, 1.0F), Tensor({1}), {.strides = {2, 2}});
  graph.then("pool", ops::MaxPool({.kernel = {3, 3}, .strides = {2, 2}}));
  graph.conv("conv2", Tensor({1, 1, 3, 3}, 1.0F), Tensor({1}), {.pads = {1, 1, 1, 1}});
  graph.then("gap", ops::GlobalAveragePool());
  return std::move(graph).finish();
}

/// ResNet's: conv 3/2 padded by one, pool 2/2.
Network padded_network() {
  Graph graph({1, 16, 8});
  graph.conv("conv", Tensor({1, 1, 3, 3}, 1.0F), Tensor({1}),
             {.strides = {2, 2}, .pads = {1, 1, 1, 1}});
  graph.then("pool", ops::MaxPool());
  return std::move(graph).finish();
}

ReceptiveField rows_of(const Network& network, const Shape& picture, const std::string& layer) {
  return receptive_fields(network, network.infer_shapes(picture))
      .at(static_cast<std::size_t>(network.find(layer)))[0];
}

Explanation map_at(const Network& network, const std::string& layer, const Tensor& map) {
  Explanation explanation;
  explanation.layer = network.find(layer);
  explanation.map = map;
  explanation.signed_map = map;
  return explanation;
}

}  // namespace

TEST_CASE("receptive fields: centres behind strides without padding") {
  const Network network = strided_network();
  const Shape picture{1, 1, 31, 31};
  // The first window of 7 covers pixels 0 … 6, whose middle is 3.5.
  const ReceptiveField conv = rows_of(network, picture, "conv1");
  CHECK(conv.size == 7);
  CHECK(conv.jump == 2.0);
  CHECK(conv.first == 3.5);
  // Three windows, 2 pixels apart: the middle one's centre.
  const ReceptiveField pool = rows_of(network, picture, "pool");
  CHECK(pool.size == 11);
  CHECK(pool.jump == 4.0);
  CHECK(pool.first == 5.5);
  // A padded convolution moves nothing.
  const ReceptiveField second = rows_of(network, picture, "conv2");
  CHECK(second.size == 19);
  CHECK(second.first == 5.5);
  CHECK(second.placed);
  CHECK_FALSE(second.global);
  CHECK(rows_of(network, picture, "gap").global);
}

TEST_CASE("receptive fields: centres behind a padded stride") {
  const Network network = padded_network();
  const Shape picture{1, 1, 16, 8};
  // Rows -1 … 1: the centre is the middle of row 0.
  CHECK(rows_of(network, picture, "conv").first == 0.5);
  CHECK(rows_of(network, picture, "conv").jump == 2.0);
  const ReceptiveField pool = rows_of(network, picture, "pool");
  CHECK(pool.first == 1.5);
  CHECK(pool.jump == 4.0);
  CHECK(pool.size == 5);
}

TEST_CASE("receptive fields: branches that agree, branches that do not, ops that move positions") {
  Graph same({1, 9, 9});
  const ValueId a = same.conv("a", Tensor({1, 1, 3, 3}), Tensor({1}), {.pads = {1, 1, 1, 1}});
  const ValueId b = same.add("b", std::make_shared<const ops::Relu>(), {0});
  same.add("sum", std::make_shared<const ops::Add>(), {a, b});
  const Network agreeing = std::move(same).finish();
  const ReceptiveField sum = rows_of(agreeing, {1, 1, 9, 9}, "sum");
  CHECK(sum.placed);
  CHECK(sum.size == 3);

  Graph shifted({1, 9, 9});
  const ValueId c = shifted.conv("c", Tensor({1, 1, 3, 3}), Tensor({1}), {.pads = {2, 2, 0, 0}});
  const ValueId d = shifted.add("d", std::make_shared<const ops::Relu>(), {0});
  shifted.add("sum", std::make_shared<const ops::Add>(), {c, d});
  const Network disagreeing = std::move(shifted).finish();
  CHECK_FALSE(rows_of(disagreeing, {1, 1, 9, 9}, "sum").placed);
}

TEST_CASE("cells are placed in shares of the picture") {
  const Network network = strided_network();
  const CellPlaces places(network, {1, 1, 31, 31});
  const auto grid = places.of(map_at(network, "conv2", Tensor({6, 6})));
  // (31 - 7)/2 + 1 = 13, (13 - 3)/2 + 1 = 6
  REQUIRE(grid);
  for (const CellLine& line : *grid) {
    CHECK(line.first == Approx(5.5 / 31));
    CHECK(line.step == Approx(4.0 / 31));
  }
  CHECK_FALSE(places.of(map_at(network, "conv2", Tensor({3, 3}))));  // not the layer's own grid
  Explanation input = map_at(network, "x", Tensor({31, 31}));
  CHECK_FALSE(places.of(input));
  Explanation pixels = map_at(network, "conv2", Tensor({6, 6}));
  pixels.kind = MapKind::kPixel;
  CHECK_FALSE(places.of(pixels));
}

TEST_CASE("a lone cell peaks at the centre of what it sees") {
  const Network network = strided_network();
  Tensor map({6, 6});
  map.mutable_data()[1 * 6 + 4] = 1.0F;  // rows 9.5, columns 21.5
  const Explanation explanation = map_at(network, "conv2", map);
  const CellPlaces places(network, {1, 1, 31, 31});
  const Display placed = display_map(explanation, 31, 31, {.cells = places.of(explanation)});
  const auto peak = [](const Tensor& shown) {
    const auto values = shown.data();
    const auto at = std::max_element(values.begin(), values.end()) - values.begin();
    return std::pair<long, long>(at / 31, at % 31);
  };
  CHECK(peak(placed.map) == std::pair<long, long>(9, 21));
  CHECK(placed.map.data()[9 * 31 + 21] == 1.0F);
  CHECK(placed.map.data()[9 * 31 + 23] == Approx(0.5F));  // half-way to the next centre
  // Spread evenly the cell would lie at 7.75 and 23.25.
  CHECK(peak(display_map(explanation, 31, 31).map) == std::pair<long, long>(7, 23));
}

TEST_CASE("the outermost cells reach to the picture's border") {
  const Tensor map = tensor({1, 2}, {1, 3});
  const Tensor line = resize_map(map, 1, 8, CellGrid{CellLine{}, CellLine{0.375, 0.25}});
  CHECK(values(line) == std::vector<float>{1, 1, 1, 1.5F, 2.5F, 3, 3, 3});
  // Half pixels, written as places.
  const Tensor even = resize_map(map, 1, 8, CellGrid{CellLine{0.5, 1.0}, CellLine{0.25, 0.5}});
  CHECK(distance(even, resize_map(map, 1, 8)) == 0.0);
  CHECK_THROWS_AS(resize_map(map, 1, 8, CellGrid{CellLine{0.5, 0.0}, CellLine{}}), ArgumentError);
}
