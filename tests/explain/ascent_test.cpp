// Methods that look for a picture or a mask by gradient ascent: extremal perturbation, activation
// maximisation, and what they are made of.
#include <catch2/catch.hpp>
#include <numeric>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"
#include "explain/activation_maximisation.h"
#include "explain/extremal_perturbation.h"
#include "explain/registry.h"
#include "explain/resize_transposed.h"
#include "explain/smooth_mask.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

double inner_product(const Tensor& a, const Tensor& b) {
  return std::inner_product(a.data().begin(), a.data().end(), b.data().begin(), 0.0);
}

/// One class whose score is linear in the pixels.
Network linear_network(const Tensor& weights) {
  Graph graph({weights.dim(1), weights.dim(2), weights.dim(3)});
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", weights.reshaped({1, weights.size()}), Tensor({1}));
  return std::move(graph).finish();
}

/// 1 in the rows and columns 8 … 15 of 32, 0 elsewhere.
Tensor square() {
  Tensor result({1, 1, 32, 32});
  for (std::size_t y = 8; y < 16; ++y) {
    for (std::size_t x = 8; x < 16; ++x) result.mutable_data()[32 * y + x] = 1.0F;
  }
  return result;
}

double mean_of(const Tensor& values, const Tensor& where) {
  return inner_product(values, where) / sum(where);
}

double roughness(const Tensor& pattern) {
  const auto width = static_cast<std::size_t>(pattern.dim(2));
  double total = 0.0;
  for (std::size_t i = 1; i < pattern.data().size(); ++i) {
    if (i % width == 0) continue;
    const double step = static_cast<double>(pattern.data()[i]) - pattern.data()[i - 1];
    total += step * step;
  }
  return total;
}

}  // namespace

TEST_CASE("resizing transposed is resizing's adjoint") {
  for (const Upsampling upsampling :
       {Upsampling::kHalfPixel, Upsampling::kAlignCorners, Upsampling::kNearest}) {
    const Tensor small = random_tensor({5, 3}, 1);
    const Tensor large = random_tensor({11, 8}, 2);
    const double there = inner_product(resize_map(small, 11, 8, upsampling), large);
    const double back = inner_product(small, resize_map_transposed(large, 5, 3, upsampling));
    CHECK(there == Approx(back).margin(1e-5));
  }
  CHECK_THROWS_AS(resize_map_transposed(Tensor({1, 2, 2}), 2, 2), ShapeError);
  CHECK_THROWS_AS(resize_map_transposed(Tensor({2, 2}), 0, 2), ArgumentError);
}

TEST_CASE("a smooth mask spreads what is set and stays in range") {
  // The kernel reaches four cells, so the parameters are 17x17 with the cells in the middle.
  const SmoothMask smooth(9, 1.5);
  REQUIRE(smooth.parameters() == 17 * 17);
  CHECK(values(smooth.mask(std::vector<double>(289, 0.0))) == std::vector<float>(81, 0.0F));
  std::vector<double> one(289, 0.0);
  one[8 * 17 + 8] = 1.0;
  const Tensor disc = smooth.mask(one);
  CHECK(disc.data()[40] > 0.999F);
  CHECK(disc.data()[41] > 0.999F);
  CHECK(disc.data()[31] > 0.999F);
  CHECK(disc.data()[42] < 0.9F);
  CHECK(disc.data()[42] > disc.data()[43]);
  CHECK(disc.data()[44] < 0.1F);
  const Tensor full = smooth.mask(std::vector<double>(289, 1.0));
  CHECK(full.data()[0] > 0.9F);
  CHECK(full.data()[0] <= 1.0F);
  CHECK(values(full) == std::vector<float>(81, full.data()[0]));
  CHECK_THROWS_AS(SmoothMask(0, 1.0), ArgumentError);
  CHECK_THROWS_AS(SmoothMask(4, 0.0), ArgumentError);
}

TEST_CASE("a smooth mask's gradient is that of its finite differences") {
  const SmoothMask smooth(6, 1.0);
  std::vector<double> parameters;
  for (std::size_t i = 0; i < smooth.parameters(); ++i) {
    parameters.push_back(0.5 + 0.4 * std::sin(1.7 * static_cast<double>(i)));
  }
  const Tensor by_mask = random_tensor({6, 6}, 3);
  const std::vector<double> gradient =
      smooth.transposed(parameters, smooth.mask(parameters), by_mask);
  REQUIRE(gradient.size() == parameters.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    constexpr double kStep = 1e-2;
    std::vector<double> above = parameters;
    std::vector<double> below = parameters;
    above[i] += kStep;
    below[i] -= kStep;
    const double slope =
        (inner_product(smooth.mask(above), by_mask) - inner_product(smooth.mask(below), by_mask)) /
        (2.0 * kStep);
    CHECK(gradient[i] == Approx(slope).margin(0.02));
    largest = std::max(largest, std::abs(slope));
  }
  CHECK(largest > 0.3);
}

TEST_CASE("extremal perturbation finds the square that the score is made of") {
  Tensor weights = square();
  for (float& v : weights.mutable_data()) v *= 0.3F;
  const Network network = linear_network(weights);
  const Explanation result = explain_with(
      network, Tensor({1, 1, 32, 32}, 1.0F),
      make_method("extremal-perturbation",
                  {{"fill", "zero"}, {"area", "0.0625"}, {"smoothness", "1"}, {"steps", "200"}}));
  const Tensor inside = square().reshaped({32, 32});
  const Tensor outside = map(inside, [](float v) { return 1.0F - v; });
  CHECK(mean_of(result.map, inside) > 0.85);
  CHECK(mean_of(result.map, outside) < 0.08);
  for (const float v : result.map.data()) {
    REQUIRE(v >= 0.0F);
    REQUIRE(v <= 1.0F);
  }
}

TEST_CASE("extremal perturbation keeps the area asked for, by the same bits on any threads") {
  const Network network = gap_network();
  const auto run = [&](double area, int threads) {
    const ThreadLimit limit(threads);
    return explain_with(network, gap_picture(),
                        std::make_shared<ExtremalPerturbation>(ExtremalPerturbationOptions{
                            .area = area, .steps = 150, .cells = 16, .smoothness = 1.0}))
        .map;
  };
  const Tensor little = run(0.1, 1);
  const Tensor much = run(0.5, 1);
  CHECK(sum(little) / 256.0 == Approx(0.1).margin(0.06));
  CHECK(sum(much) / 256.0 == Approx(0.5).margin(0.08));
  CHECK(values(run(0.1, 3)) == values(little));
}

TEST_CASE("activation maximisation without regularisers goes straight up a linear score") {
  const Tensor weights = random_tensor({1, 2, 6, 6}, 1);
  const Network network = linear_network(weights);
  const OptionValues plain{
      {"jitter", "0"}, {"blur", "0"}, {"decay", "0"}, {"variation", "0"}, {"rate", "0.1"}};
  const auto run = [&](const std::string& steps) {
    OptionValues options = plain;
    options["steps"] = steps;
    return explain_with(network, random_tensor({1, 2, 6, 6}, 2),
                        make_method("activation-maximisation", options))
        .map;
  };
  const Tensor difference = zip(run("21"), run("1"), std::minus<>());
  const double length = std::sqrt(inner_product(difference, difference));
  const double cosine =
      inner_product(difference, weights) / length / std::sqrt(inner_product(weights, weights));
  CHECK(cosine == Approx(1.0).margin(1e-5));
  const Tensor flat = random_tensor({1, 2, 6, 6}, 2);
  double squares = 0.0;
  for (std::size_t c = 0; c < 2; ++c) {
    const auto plane = flat.data().subspan(36 * c, 36);
    const double mean = std::accumulate(plane.begin(), plane.end(), 0.0) / 36.0;
    for (const float v : plane) squares += (v - mean) * (v - mean);
  }
  CHECK(length == Approx(20 * 0.1 * std::sqrt(squares)).epsilon(1e-4));
}

TEST_CASE("activation maximisation raises a class's score and a channel's mean") {
  const Network network = gap_network();
  const auto raised = [&](ValueId of, std::size_t index, const OptionValues& options) {
    const Explanation result = explain_with(network, Tensor({1, 3, 16, 16}),
                                            make_method("activation-maximisation", options), 4);
    const auto value = [&](const Tensor& picture) {
      const Tensor at = forward(network, picture, {.keep = {of}}).value(of);
      const std::size_t area = at.rank() == 4 ? 64 : 1;
      const auto part = at.data().subspan(index * area, area);
      return std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(area);
    };
    const double before = value(Tensor({1, 3, 16, 16}));
    return value(result.map.reshaped({1, 3, 16, 16})) - before;
  };
  CHECK(raised(network.output(), 4, {}) > 10.0);
  CHECK(raised(network.find("relu2"), 7, {{"layer", "relu2"}, {"channel", "7"}}) > 1.0);
}

TEST_CASE("the regularisers of activation maximisation make patterns smoother and smaller") {
  const Network network = gap_network();
  const auto run = [&](OptionValues options) {
    for (const char* key : {"jitter", "blur", "decay", "variation"}) options.try_emplace(key, "0");
    options["steps"] = "40";
    return explain_with(network, gap_picture(), make_method("activation-maximisation", options))
        .map;
  };
  const Tensor plain = run({});
  CHECK(roughness(run({{"variation", "0.2"}})) < 0.5 * roughness(plain));
  CHECK(roughness(run({{"blur", "1"}})) < 0.7 * roughness(plain));
  const Tensor small = run({{"decay", "0.1"}});
  CHECK(inner_product(small, small) < 0.5 * inner_product(plain, plain));
  CHECK(distance(run({{"jitter", "3"}}), plain) > 0.01);
  CHECK(values(run({{"jitter", "3"}})) == values(run({{"jitter", "3"}})));
  CHECK(values(run({{"seed", "1"}})) != values(plain));
}

TEST_CASE("ascents refuse numbers that make no sense") {
  using Options = std::vector<std::pair<std::string, std::string>>;
  const auto refused = [](const std::string& method, const Options& options) {
    for (const auto& [key, value] : options) {
      INFO(method << " " << key << "=" << value);
      CHECK_THROWS_AS(make_method(method, {{key, value}}), ArgumentError);
    }
  };
  refused("extremal-perturbation",
          {{"area", "0"}, {"area", "1"}, {"cells", "300"}, {"smoothness", "0"}, {"rate", "0"}});
  refused(
      "activation-maximisation",
      {{"decay", "1"}, {"variation", "0.3"}, {"jitter", "2000"}, {"blur", "1000"}, {"rate", "0"}});
  const Network network = gap_network();
  CHECK_THROWS_WITH(explain_with(network, gap_picture(),
                                 make_method("activation-maximisation", {{"channel", "16"}})),
                    Catch::Contains("no channel 16") && Catch::Contains("16, counted"));
}
