// Shapley-CAM and the Shapley values of channels.
#include <catch2/catch.hpp>
#include <functional>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/mul.h"
#include "core/ops/sigmoid.h"
#include "core/parallel.h"
#include "explain/channel_shapley.h"
#include "explain/grad_cam.h"
#include "explain/registry.h"
#include "explain/shapley_cam.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// conv relu gap flatten fc and then what `end` adds.
Network ending_in(const std::function<void(Graph&)>& end) {
  Graph graph({3, 8, 8});
  ops::ConvOptions same;
  same.pads = {1, 1, 1, 1};
  graph.conv("conv", random_tensor({4, 3, 3, 3}, 1), random_tensor({4}, 2), same);
  graph.then("relu", ops::Relu());
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", random_tensor({3, 4}, 3), Tensor({3}));
  end(graph);
  return std::move(graph).finish();
}

Tensor small_picture() { return random_tensor({1, 3, 8, 8}, 4); }

bool is_piecewise_linear(const Network& network, const Tensor& picture) {
  const Tape tape = forward(network, picture, {.wrt = {network.find("relu")}});
  return piecewise_linear(tape, network.find("relu"), network.output());
}

}  // namespace

TEST_CASE("Shapley-CAM of a score that is piecewise linear in the layer is Grad-CAM") {
  const Network network = gap_network();
  for (const char* layer : {"relu1", "relu2"}) {
    const Explanation shapley =
        explain_with(network, gap_picture(), make_method("shapleycam", {{"layer", layer}}), 1);
    const Explanation grad =
        explain_with(network, gap_picture(), make_method("gradcam", {{"layer", layer}}), 1);
    CHECK(values(shapley.signed_map) == values(grad.signed_map));
  }
}

TEST_CASE("what is piecewise linear") {
  const auto with = [](auto end) { return is_piecewise_linear(ending_in(end), small_picture()); };
  CHECK(with([](Graph&) {}));
  CHECK(with([](Graph& graph) {
    graph.add("sum", std::make_shared<const ops::Add>(), {graph.last(), graph.last()});
  }));
  CHECK_FALSE(with([](Graph& graph) { graph.then("sigmoid", ops::Sigmoid()); }));
  CHECK_FALSE(with([](Graph& graph) {
    graph.add("square", std::make_shared<const ops::Mul>(), {graph.last(), graph.last()});
  }));
  CHECK(with([](Graph& graph) {
    const ValueId fc = graph.last();
    const ValueId factor = graph.parameter("factor", Tensor({1, 3}, 2.0F));
    graph.add("scaled", std::make_shared<const ops::Mul>(), {fc, factor});
  }));
}

TEST_CASE("Shapley-CAM of a quadratic is half of Grad-CAM") {
  // y = (w·A)²: g = 2(w·A)w and H·A = 2(w·A)w, so g - H·A/2 = g/2.
  const Network network = ending_in([](Graph& graph) {
    graph.add("square", std::make_shared<const ops::Mul>(), {graph.last(), graph.last()});
  });
  const Explanation shapley = explain_with(
      network, small_picture(), std::make_shared<ShapleyCam>(ShapleyCamOptions{.layer = "relu"}));
  const Explanation grad = explain_with(network, small_picture(),
                                        std::make_shared<GradCam>(GradCamOptions{.layer = "relu"}));
  const Tensor half = map(grad.signed_map, [](float v) { return 0.5F * v; });
  double most = 0.0;
  for (const float v : half.data()) most = std::max(most, std::abs(static_cast<double>(v)));
  REQUIRE(most > 0.01);
  CHECK(distance(shapley.signed_map, half) < 1e-4 * most);
}

TEST_CASE("Shapley-CAM of a sigmoid has its curvature") {
  // y = s(z), z = w·A: g = s'(z)w and H·A = s''(z)·z·w, so the weights are Grad-CAM's times
  // 1 - z·(1 - 2s)/2.
  const Network network = ending_in([](Graph& graph) { graph.then("out", ops::Sigmoid()); });
  const Tape tape = forward(network, small_picture(), {.keep = {network.find("fc")}});
  const double z = tape.value(network.find("fc")).data()[0];
  const double s = 1.0 / (1.0 + std::exp(-z));
  const double factor = 1.0 - 0.5 * z * (1.0 - 2.0 * s);
  REQUIRE(std::abs(factor - 1.0) > 0.01);
  const Target target{.of = network.output()};
  const Methods methods{make_method("shapleycam", {{"layer", "relu"}}),
                        make_method("gradcam", {{"layer", "relu"}})};
  const std::vector<Explanation> both =
      explain::explain(network, small_picture(), methods, std::vector{target});
  double most = 0.0;
  for (const float v : both[1].signed_map.data()) {
    most = std::max(most, std::abs(static_cast<double>(v)));
  }
  const Tensor expected =
      map(both[1].signed_map, [&](float v) { return static_cast<float>(factor * v); });
  CHECK(distance(both[0].signed_map, expected) < 1e-3 * most);
}

TEST_CASE("golden: the Shapley values of two channels") {
  // The score is relu(sum A_1 + A_2[0] - rest of A_2): 0 without channels, 75 and 0 with one, 54
  // with both; so the values are (75 + 54)/2 and (0 - 21)/2, exact from one order and its reverse.
  const Explanation result = explain_with(
      one_conv_network(), one_conv_picture(),
      std::make_shared<ChannelShapley>(ChannelShapleyOptions{.layer = "relu1", .permutations = 2}));
  CHECK(distance(result.signed_map, tensor({2, 2}, {0, 3.44F, 23.66F, 26.9F})) < 1e-4);
  REQUIRE(result.residual);
  CHECK(std::abs(*result.residual) < 1e-4);
}

TEST_CASE("on a GAP head channels' Shapley values spread out are Grad-CAM") {
  const Network network = gap_network();
  const Explanation shapley =
      explain_with(network, gap_picture(), make_method("channel-shapley"), 2);
  const Explanation grad = explain_with(network, gap_picture(), make_method("gradcam"), 2);
  CHECK(distance(shapley.signed_map, grad.signed_map) < 1e-4);
}

TEST_CASE("channels' Shapley values add up, and depend on the seed alone") {
  const Network network = gap_network();
  const auto run = [&](std::uint64_t seed, std::int64_t batch, int threads) {
    const ThreadLimit limit(threads);
    return explain_with(
        network, gap_picture(),
        std::make_shared<ChannelShapley>(ChannelShapleyOptions{
            .layer = "pool", .permutations = 3, .seed = seed, .scoring = {.batch = batch}}));
  };
  const Explanation usual = run(1, 16, 1);
  REQUIRE(usual.residual);
  CHECK(std::abs(*usual.residual) < 1e-3);
  CHECK(values(run(1, 5, 3).signed_map) == values(usual.signed_map));
  CHECK(values(run(1, 100, 2).signed_map) == values(usual.signed_map));
  CHECK(values(run(2, 16, 1).signed_map) != values(usual.signed_map));
  CHECK(values(usual.map) == values(relu(usual.signed_map)));
}

TEST_CASE("an empty layer has nothing to share") {
  Graph graph({1, 4, 4});
  graph.conv("conv", Tensor({2, 1, 3, 3}, 1.0F), tensor({2}, {-500.0F, -500.0F}));
  graph.then("relu", ops::Relu());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", Tensor({2, 8}, 1.0F), Tensor({2}, 3.0F));
  const Network network = std::move(graph).finish();
  const Explanation result =
      explain_with(network, one_conv_picture(), make_method("channel-shapley"));
  CHECK(values(result.signed_map) == std::vector<float>(4, 0.0F));
  CHECK(result.residual == 0.0);
  CHECK_THROWS_AS(ChannelShapley({.permutations = 0}), ArgumentError);
}
