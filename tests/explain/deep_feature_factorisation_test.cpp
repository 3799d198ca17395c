#include "explain/deep_feature_factorisation.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"
#include "explain/registry.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Two parts: channels 0 and 1 in the left half, channel 2 stronger in the right half; channel 3
/// has the same value everywhere.
Tensor two_parts() {
  Tensor features({1, 4, 2, 4});
  const std::span<float> out = features.mutable_data();
  for (std::size_t p = 0; p < 8; ++p) {
    const bool left = p % 4 < 2;
    out[p] = left ? 3.0F : 0.0F;
    out[8 + p] = left ? 4.0F : 0.0F;
    out[16 + p] = left ? 0.0F : 10.0F;
    out[24 + p] = 7.0F;
  }
  return features;
}

/// The sum of the parts, with what was taken off.
Tensor together(const Factors& factors) {
  const std::int64_t area = factors.places.dim(1) * factors.places.dim(2);
  const std::int64_t channels = factors.channels.dim(1);
  Tensor result({1, channels, factors.places.dim(1), factors.places.dim(2)});
  for (std::int64_t i = 0; i < result.size(); ++i) {
    double total = factors.least.data()[static_cast<std::size_t>(i / area)];
    for (std::int64_t k = 0; k < factors.places.dim(0); ++k) {
      total += static_cast<double>(
                   factors.channels.data()[static_cast<std::size_t>(k * channels + i / area)]) *
               factors.places.data()[static_cast<std::size_t>(k * area + i % area)];
    }
    result.mutable_data()[static_cast<std::size_t>(i)] = static_cast<float>(total);
  }
  return result;
}

double squared_error(const Tensor& a, const Tensor& b) {
  return sum(zip(a, b, [](float x, float y) { return (x - y) * (x - y); }));
}

Explanation explain_with(const Network& network, DeepFeatureFactorisationOptions options) {
  const Target target{.of = network.output(), .index = 3};
  const Methods methods{std::make_shared<DeepFeatureFactorisation>(std::move(options))};
  return explain::explain(network, gap_picture(), methods, std::vector{target}).at(0);
}

}  // namespace

TEST_CASE("factorise finds parts that are there, the strongest first") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    INFO(seed);
    const Factors factors =
        factorise(two_parts(), {.components = 2, .iterations = 500, .seed = seed});
    CHECK(distance(factors.places,
                   tensor({2, 2, 4}, {0, 0, 10, 10, 0, 0, 10, 10, 5, 5, 0, 0, 5, 5, 0, 0})) < 1e-3);
    CHECK(distance(factors.channels, tensor({2, 4}, {0, 0, 1, 0, 0.6F, 0.8F, 0, 0})) < 1e-3);
    CHECK(values(factors.least) == std::vector<float>{0, 0, 0, 7});
    CHECK(distance(together(factors), two_parts()) < 1e-3);
  }
}

TEST_CASE("iterations never raise the error, and parts are never negative") {
  const Tensor features = random_tensor({1, 6, 5, 7}, 3);
  double error = std::numeric_limits<double>::infinity();
  for (const std::int64_t iterations : {1, 2, 3, 5, 10, 50, 200}) {
    const Factors factors = factorise(features, {.components = 3, .iterations = iterations});
    const double now = squared_error(together(factors), features);
    CHECK(now <= error * (1.0 + 1e-6));
    error = now;
    for (const float v : factors.places.data()) REQUIRE(v >= 0.0F);
    for (const float v : factors.channels.data()) REQUIRE(v >= 0.0F);
  }
  CHECK(error < 0.7 * squared_error(together(factorise(features, {.components = 1})), features));
}

TEST_CASE("factors depend on the seed and not on the threads") {
  const Tensor features = random_tensor({1, 20, 9, 9}, 5);
  const auto run = [&](std::uint64_t seed, int threads) {
    const ThreadLimit limit(threads);
    return values(factorise(features, {.components = 3, .iterations = 20, .seed = seed}).places);
  };
  CHECK(run(0, 1) == run(0, 4));
  CHECK(run(0, 1) != run(1, 1));
}

TEST_CASE("the part shown is the one asked for, or the target's best") {
  const Network network = gap_network();
  const Tensor features = forward(network, gap_picture(), {.keep = {network.find("relu2")}})
                              .value(network.find("relu2"));
  const Factors factors = factorise(features, {.components = 3});
  std::vector<double> scores;
  const std::int64_t area = features.dim(2) * features.dim(3);
  for (std::int64_t k = 0; k < 3; ++k) {
    const Explanation one = explain_with(network, {.factors = {.components = 3}, .component = k});
    const auto expected = factors.places.data().subspan(static_cast<std::size_t>(k * area),
                                                        static_cast<std::size_t>(area));
    CHECK(std::equal(expected.begin(), expected.end(), one.map.data().begin()));
    Factors alone = factors;
    for (std::int64_t i = 0; i < 3 * area; ++i) {
      if (i / area != k) alone.places.mutable_data()[static_cast<std::size_t>(i)] = 0.0F;
    }
    const Tape tape = forward_from(network, {{network.find("relu2"), together(alone)}},
                                   {.keep = {network.output()}});
    scores.push_back(tape.output().data()[3]);
  }
  const std::int64_t best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  CHECK(values(explain_with(network, {.factors = {.components = 3}}).map) ==
        values(explain_with(network, {.factors = {.components = 3}, .component = best}).map));
}

TEST_CASE("factorisations that make no sense") {
  CHECK_THROWS_AS(factorise(Tensor({3, 4, 4})), ShapeError);
  CHECK_THROWS_AS(factorise(Tensor({1, 3, 4, 4}), {.components = 0}), ArgumentError);
  CHECK_THROWS_AS(factorise(Tensor({1, 3, 4, 4}, NAN)), ArgumentError);
  CHECK_THROWS_AS(DeepFeatureFactorisation({.component = 5}), ArgumentError);
  CHECK_THROWS_AS(make_method("dff", {{"component", "last"}}), ArgumentError);
  const Factors flat = factorise(Tensor({1, 3, 4, 4}, 2.0F));
  CHECK(values(flat.places) == std::vector<float>(5 * 16, 0.0F));
  CHECK(all_finite(flat.channels));
}
