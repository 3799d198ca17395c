#include "core/incremental_run.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/average_pool.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/flatten.h"
#include "core/ops/gemm.h"
#include "core/ops/max_pool.h"
#include "core/ops/relu.h"
#include "core/parallel.h"
#include "tests/core/nodes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using test::random_tensor;
using test::same_bits;

namespace {

constexpr std::int64_t kSide = 41;

class ConvNodes : public test::RandomNodes {
 public:
  ConvNodes() : RandomNodes(500) {}
  ValueId conv(const std::string& name, ValueId x, const Shape& weight, ops::ConvOptions options) {
    return apply(name, ops::Conv(options),
                 {x, random(name + ".weight", weight, -0.3F, 0.3F),
                  random(name + ".bias", {weight[0]}, -0.3F, 0.3F)});
  }
};

/// Every kind of node that runs in part, with odd sizes, and a head that does not.
Network mixed_network() {
  ConvNodes n;
  const ValueId x = n.input("picture");
  const ValueId stem = n.conv("stem", x, {6, 3, 7, 7}, {.strides = {2, 2}, .pads = {3, 3, 3, 3}});
  const ValueId relu = n.apply("relu", ops::Relu(), {n.norm("bn", stem, 6)});
  const ValueId pool = n.apply(
      "pool", ops::MaxPool({.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = true}), {relu});
  const ValueId wide =
      n.conv("wide", pool, {4, 6, 3, 3}, {.pads = {2, 2, 2, 2}, .dilations = {2, 2}});
  const ValueId narrow = n.conv("narrow", pool, {4, 6, 1, 1}, {});
  const ValueId sum = n.apply("sum", ops::Add(), {wide, narrow});
  const ValueId joined = n.apply("joined", ops::Concat({.axis = 1}), {sum, pool});
  const ValueId mean =
      n.apply("mean", ops::AveragePool({.kernel = {2, 2}, .strides = {2, 2}}), {joined});
  const ValueId flat = n.apply("flat", ops::Flatten(), {mean});
  const ValueId fc = n.apply("fc", ops::Gemm({.transpose_b = true}),
                             {flat, n.random("fc.weight", {5, 250}, -0.1F, 0.1F)});
  return std::move(n).finish(x, fc, {3, kSide, kSide});
}

Tensor covered(const Tensor& picture, const Region& region, const Tensor& replacement) {
  Tensor result = picture;
  const std::span<float> out = result.mutable_data();
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t y = region.top; y < region.bottom; ++y) {
      for (std::int64_t i = region.left; i < region.right; ++i) {
        const auto at = static_cast<std::size_t>((c * kSide + y) * kSide + i);
        out[at] = replacement.data()[at];
      }
    }
  }
  return result;
}

}  // namespace

TEST_CASE("an incremental run gives what whole runs give") {
  const Network network = mixed_network();
  const Tensor picture = random_tensor({1, 3, kSide, kSide}, 1);
  const Tensor replacement = random_tensor({1, 3, kSide, kSide}, 2);
  const std::int64_t size = GENERATE(1, 4, 9, 30, 41);
  const IncrementalRun run(network, picture, network.output(), {size, size});
  CHECK(run.partial().empty() == (size >= 30));
  std::vector<Region> regions{{}};
  for (std::int64_t top = 0; top + size <= kSide; top += 5) {
    for (std::int64_t left = 0; left + size <= kSide; left += 7) {
      regions.push_back({.top = top, .bottom = top + size, .left = left, .right = left + size});
    }
  }
  regions.push_back({.top = kSide - 1, .bottom = kSide, .left = kSide - 1, .right = kSide});
  const Tensor rows = run.run(regions, replacement);
  REQUIRE(rows.shape() == Shape{static_cast<std::int64_t>(regions.size()), 5});
  double least_change = 1.0;
  const Tensor untouched = forward(network, picture).output();
  for (std::size_t n = 0; n < regions.size(); ++n) {
    const Tensor whole = forward(network, covered(picture, regions[n], replacement)).output();
    double change = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(rows.data()[n * 5 + k] == Approx(whole.data()[k]).epsilon(1e-4).margin(2e-5));
      change = std::max(change, std::abs(double{whole.data()[k]} - untouched.data()[k]));
    }
    if (n > 0) least_change = std::min(least_change, change);
  }
  CHECK(least_change > 1e-6);
}

TEST_CASE("an incremental run stops where a region reaches most of a layer") {
  const Network network = mixed_network();
  const Tensor picture = random_tensor({1, 3, kSide, kSide}, 1);
  const auto names = [&](std::int64_t size) {
    std::vector<std::string> list;
    const IncrementalRun run(network, picture, network.output(), {size, size});
    for (const ValueId id : run.partial()) list.push_back(network.node(id).name);
    return list;
  };
  CHECK(names(1) ==
        std::vector<std::string>{"stem", "bn", "relu", "pool", "wide", "narrow", "sum", "joined"});
  CHECK(names(24) == std::vector<std::string>{"stem", "bn", "relu"});
  CHECK(names(34) == std::vector<std::string>{});
}

TEST_CASE("an incremental run to a layer, and its errors") {
  const Network network = mixed_network();
  const Tensor picture = random_tensor({1, 3, kSide, kSide}, 1);
  const ValueId relu = network.find("relu");
  const IncrementalRun run(network, picture, relu, {5, 5});
  const Region region{.top = 30, .bottom = 35, .left = 2, .right = 7};
  const Tensor zeros({1, 3, kSide, kSide});
  const Tensor got = run.run(std::span(&region, 1), zeros);
  const Tensor expected =
      forward(network, covered(picture, region, zeros), {.keep = {relu}}).value(relu);
  for (std::size_t i = 0; i < got.data().size(); ++i) {
    REQUIRE(got.data()[i] == Approx(expected.data()[i]).epsilon(1e-4).margin(2e-5));
  }
  const Region large{.top = 0, .bottom = 6, .left = 0, .right = 5};
  const Region outside{.top = 40, .bottom = 42, .left = 0, .right = 5};
  CHECK_THROWS_AS(run.run(std::span(&large, 1), zeros), ArgumentError);
  CHECK_THROWS_AS(run.run(std::span(&outside, 1), zeros), ArgumentError);
  CHECK_THROWS_AS(run.run(std::span(&region, 1), Tensor({1, 3, 4, 4})), ShapeError);
  CHECK_THROWS_AS(IncrementalRun(network, Tensor({2, 3, kSide, kSide}), relu, {5, 5}), ShapeError);
}

TEST_CASE("an incremental run has the same bits for every thread count") {
  const Network network = mixed_network();
  const IncrementalRun run(network, random_tensor({1, 3, kSide, kSide}, 1), network.output(),
                           {6, 6});
  std::vector<Region> regions;
  for (std::int64_t i = 0; i < 7; ++i) {
    regions.push_back({.top = i, .bottom = i + 6, .left = 3 * i, .right = 3 * i + 6});
  }
  const Tensor zeros({1, 3, kSide, kSide});
  set_default_threads(1);
  const Tensor one = run.run(regions, zeros);
  set_default_threads(3);
  CHECK(same_bits(run.run(regions, zeros), one));
  set_default_threads(0);
}
