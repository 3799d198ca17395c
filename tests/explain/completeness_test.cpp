// Methods that hand a score back without loss: FullGrad, DeepLift, LRP and deep Taylor.
#include <algorithm>
#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/average_pool.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/mul.h"
#include "core/ops/sigmoid.h"
#include "explain/deep_lift.h"
#include "explain/lrp.h"
#include "explain/registry.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// A residual block, normalisation, max and average pools and two dense layers, with biases only
/// where `biased`.
Network varied_network(bool biased) {
  const auto bias = [&](std::int64_t size, std::uint64_t seed) {
    return biased ? random_tensor({size}, seed) : Tensor({size});
  };
  Graph graph({3, 12, 12});
  ops::ConvOptions same;
  same.pads = {1, 1, 1, 1};
  graph.conv("conv1", random_tensor({6, 3, 3, 3}, 61), bias(6, 62), same);
  const ValueId x = graph.then("relu1", ops::Relu());
  graph.conv("conv2", random_tensor({6, 6, 3, 3}, 63), bias(6, 64), same);
  const ValueId conv = graph.last();
  const ValueId scale = graph.parameter("bn.weight", random_tensor({6}, 65));
  const ValueId shift = graph.parameter("bn.bias", bias(6, 66));
  const ValueId mean = graph.parameter("bn.running_mean", bias(6, 67));
  const ValueId variance = graph.parameter("bn.running_var", Tensor({6}, 1.7F));
  const ValueId normal = graph.add("bn", std::make_shared<const ops::BatchNormalization>(),
                                   {conv, scale, shift, mean, variance});
  graph.add("add", std::make_shared<const ops::Add>(), {normal, x});
  graph.then("relu2", ops::Relu());
  graph.then("pool", ops::MaxPool());
  graph.then("mean", ops::AveragePool({.kernel = {2, 2}, .strides = {2, 2}}));
  graph.then("flatten", ops::Flatten());
  graph.linear("fc1", random_tensor({10, 54}, 68), bias(10, 69));
  graph.then("relu3", ops::Relu());
  graph.linear("fc2", random_tensor({4, 10}, 70), bias(4, 71));
  return std::move(graph).finish();
}

Tensor varied_picture() { return random_tensor({1, 3, 12, 12}, 72); }

void check_complete(const Explanation& explanation, double promised) {
  INFO("adds up to " << sum(explanation.map) << " where " << promised << " is promised");
  CHECK(std::abs(explanation.residual.value()) <= 1e-4 * std::abs(promised));
  CHECK(explanation.warnings.empty());
}

double score_at(const Network& network, const Tensor& picture, std::size_t index) {
  return forward(network, picture).output().data()[index];
}

}  // namespace

TEST_CASE("golden: DeepLift from a baseline of zero") {
  const Explanation result = explain_with(one_conv_network(), one_conv_picture(), "deeplift");
  const Tensor expected = tensor({1, 4, 4}, {0, .074074F, .148148F, .222222F, 1.234568F, 3.302469F,
                                             3.962963F, 2.462963F, 2.469136F, 5.944444F, 6.604938F,
                                             3.87037F, 3.703704F, 7.623457F, 8.209877F, 4.166667F});
  CHECK(distance(result.map, expected) < 1e-5);
  CHECK(sum(result.map) == Approx(54.0).margin(1e-4));
  CHECK(std::abs(result.residual.value()) < 1e-4);
}

TEST_CASE("DeepLift adds up to the score's change from every baseline") {
  for (const bool biased : {false, true}) {
    const Network network = varied_network(biased);
    for (std::size_t kind = 0; kind < kBaselineNames.size(); ++kind) {
      const std::string name(kBaselineNames[kind]);
      INFO((biased ? "biased, " : "unbiased, ") << name);
      const Explanation result =
          explain_with(network, varied_picture(), "deeplift", {{"baseline", name}, {"seed", "4"}});
      const Tensor start = make_baseline(static_cast<Baseline>(kind), varied_picture(), 4, 0);
      const double promised = result.logit - score_at(network, start, 0);
      CHECK(sum(result.map) == Approx(promised).epsilon(1e-3));
      CHECK(std::abs(result.residual.value()) <= 1e-3 * std::abs(promised));
    }
  }
}

TEST_CASE("DeepLift takes the slope where nothing changes, and smooth functions by rescaling") {
  Graph graph({1, 2, 2});
  graph.then("sigmoid", ops::Sigmoid());
  graph.then("gap", ops::GlobalAveragePool());
  const Network network = std::move(graph).finish();
  const Tensor picture = tensor({1, 1, 2, 2}, {0.0F, 1.0F, -2.0F, 4.0F});
  const Explanation result = explain_with(network, picture, "deeplift");
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = picture.data()[i];
    CHECK(result.map.data()[i] == Approx((1.0 / (1.0 + std::exp(-x)) - 0.5) / 4.0).margin(1e-6));
  }
  const Explanation still = explain_with(one_conv_network(), Tensor({1, 1, 4, 4}), "deeplift");
  CHECK(sum(still.map) == 0.0);
}

TEST_CASE("golden: FullGrad as pytorch-grad-cam finishes it") {
  const Explanation result = explain_with(one_conv_network(), one_conv_picture(), "fullgrad",
                                          {{"scaling", "channel"}, {"upsampling", "half-pixel"}});
  const Tensor expected =
      tensor({4, 4}, {0, .123967F, .338843F, .46281F, .181818F, .415289F, .584711F, .68595F,
                      .545455F, .865702F, .944215F, 1, .727273F, .727273F, .727273F, .727273F});
  const auto [low, high] = std::minmax_element(result.map.data().begin(), result.map.data().end());
  const float least = *low;
  const float range = *high - least;
  CHECK(distance(cameo::map(result.map, [&](float v) { return (v - least) / range; }), expected) <
        1e-5);
  CHECK(std::abs(result.residual.value()) < 1e-4);
}

TEST_CASE("FullGrad's parts add up to the score") {
  for (const bool biased : {false, true}) {
    const Network network = varied_network(biased);
    for (std::int64_t index = 0; index < 4; ++index) {
      const Explanation result = explain_with(network, varied_picture(), "fullgrad", {}, index);
      check_complete(result, result.logit);
      CHECK(result.map.shape() == Shape{12, 12});
    }
  }
  CHECK_THROWS_AS(make_method("fullgrad", {{"scaling", "pixel"}}), LookupError);
}

TEST_CASE("without biases LRP loses nothing, by every composite") {
  const Network network = varied_network(false);
  for (const std::string_view composite : kLrpCompositeNames) {
    INFO(composite);
    const Explanation result =
        explain_with(network, varied_picture(), "lrp", {{"composite", std::string(composite)}}, 1);
    // What alpha-beta passes on is alpha - beta = 1 only where both signs occur.
    const double slack = composite == "alpha-beta" || composite == "epsilon-plus" ? 0.05 : 2e-3;
    CHECK(std::abs(result.residual.value()) <= slack * std::abs(result.logit));
  }
}

TEST_CASE("LRP by epsilon without biases is input times gradient on a ReLU network") {
  const Network network = varied_network(false);
  const Tensor expected = explain_with(network, varied_picture(), "inputxgradient").map;
  const Explanation result = explain_with(network, varied_picture(), "lrp",
                                          {{"composite", "epsilon"}, {"epsilon", "1e-9"}});
  double most = 0.0;
  for (const float value : expected.data()) most = std::max<double>(most, std::abs(value));
  CHECK(distance(result.map, expected) <= 1e-3 * most);
}

TEST_CASE("LRP's rules share a dense layer's score as their formulas say") {
  // y = 2·3 - 1·4 + 5·(-1) + 0.5: x = (3, 4, -1), W = (2, -1, 5), b = 0.5, so z = -2.5.
  Graph graph({3, 1, 1});
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", tensor({1, 3}, {2, -1, 5}), tensor({1}, {0.5}));
  const Network network = std::move(graph).finish();
  const Tensor picture = tensor({1, 3, 1, 1}, {3, 4, -1});
  const auto relevance = [&](const OptionValues& options) {
    return explain_with(network, picture, "lrp", options).map;
  };
  CHECK(distance(relevance({{"composite", "epsilon"}, {"epsilon", "0"}}),
                 tensor({3, 1, 1}, {6, -4, -5})) < 1e-5);
  CHECK(distance(relevance({{"composite", "epsilon"}, {"epsilon", "0.5"}}),
                 tensor({3, 1, 1}, {6 * 2.5F / 3, -4 * 2.5F / 3, -5 * 2.5F / 3})) < 1e-5);
  // W + 0.25·W⁺ = (2.5, -1, 6.25), b = 0.625: z = 7.5 - 4 - 6.25 + 0.625 = -2.125.
  const float g = 2.5F / 2.125F;
  CHECK(distance(relevance({{"composite", "gamma"}, {"epsilon", "0"}}),
                 tensor({3, 1, 1}, {7.5F * g, -4 * g, -6.25F * g})) < 1e-5);
  // Positive parts: 6 of 6. Negative ones: -4 and -5 of -9. R = -2.5.
  CHECK(distance(relevance({{"composite", "alpha-beta"}}),
                 tensor({3, 1, 1}, {-5, 2.5F * 4 / 9, 2.5F * 5 / 9})) < 1e-5);
  CHECK(distance(relevance({{"composite", "alpha-beta"}, {"alpha", "1"}}),
                 tensor({3, 1, 1}, {-2.5F, 0, 0})) < 1e-5);
}

TEST_CASE("the box rule counts pixels from the end of their range that speaks against") {
  // One channel of range -1…3: y = 2·3 - 1·(-1) = 7; with the bounds W⁺·(-1) + W⁻·3 = -2 - 3.
  Graph graph({1, 1, 2});
  graph.conv("conv", tensor({1, 1, 1, 2}, {2, -1}), Tensor({1}));
  graph.then("flatten", ops::Flatten());
  const Network network = std::move(graph).finish();
  const Explanation result = explain_with(network, tensor({1, 1, 1, 2}, {3, -1}), "deep-taylor");
  // (6 + 2, 1 + 3)·7/12
  CHECK(distance(result.map, tensor({1, 1, 2}, {8 * 7 / 12.0F, 4 * 7 / 12.0F})) < 1e-5);
}

TEST_CASE("deep Taylor is positive and keeps a positive score") {
  const Network network = varied_network(false);
  for (std::int64_t index = 0; index < 4; ++index) {
    const Explanation result = explain_with(network, varied_picture(), "deep-taylor", {}, index);
    if (result.logit <= 0.0F) continue;
    for (const float value : result.map.data()) CHECK(value >= -1e-4F * result.logit);
  }
}

TEST_CASE("LRP names the ops it has no rule for, and refuses numbers that make no sense") {
  Graph graph({1, 2, 2});
  const ValueId gate = graph.then("sigmoid", ops::Sigmoid());
  graph.add("mul", std::make_shared<const ops::Mul>(), {gate, 0});
  graph.then("gap", ops::GlobalAveragePool());
  const Network network = std::move(graph).finish();
  CHECK_THROWS_WITH(explain_with(network, Tensor({1, 1, 2, 2}), "lrp"),
                    Catch::Contains("no rule for Mul"));
  CHECK_THROWS_AS(make_method("lrp", {{"epsilon", "-1"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("lrp", {{"alpha", "0.5"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("lrp", {{"composite", "flat"}}), LookupError);
}
