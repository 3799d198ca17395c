#include "explain/target.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/dropout.h"
#include "core/ops/log_softmax.h"
#include "core/ops/reshape.h"
#include "core/ops/softmax.h"
#include "explain/layers.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Three channels, averaged: the scores are [N,3,1,1].
Graph three_means() {
  Graph graph({3, 2, 2});
  graph.then("gap", ops::GlobalAveragePool());
  return graph;
}

Tape run(const Network& network, const Tensor& picture) {
  Request request;
  request.keep = {network.output()};
  return forward(network, picture, request);
}

}  // namespace

TEST_CASE("target: the logits are before a final softmax") {
  Graph plain = three_means();
  const ValueId gap = plain.last();
  const Network without = std::move(plain).finish();
  CHECK(find_logits(without) == gap);

  Graph soft = three_means();
  soft.then("flatten", ops::Flatten());
  const ValueId flat = soft.last();
  soft.then("prob", ops::Softmax());
  CHECK(find_logits(std::move(soft).finish()) == flat);

  Graph log_soft = three_means();
  log_soft.then("log_prob", ops::LogSoftmax({.axis = 1}));
  log_soft.then("flatten", ops::Flatten());
  log_soft.then("dropout", ops::Dropout());
  CHECK(find_logits(std::move(log_soft).finish()) == gap);

  Graph flattened = three_means();
  flattened.then("flatten", ops::Flatten());
  const ValueId last = flattened.last();
  CHECK(find_logits(std::move(flattened).finish()) == last);
}

TEST_CASE("target: seeds are one-hot in the shape of the scores") {
  Graph graph = three_means();
  const Network network = std::move(graph).finish();
  const Tape tape = run(network, Tensor({2, 3, 2, 2}, 1.0F));
  const Tensor seed = seed_for(tape, {.of = network.output(), .index = 2});
  CHECK(seed.shape() == Shape{2, 3, 1, 1});
  CHECK(values(seed) == std::vector<float>{0, 0, 1, 0, 0, 1});
  CHECK(values(seed_for(tape, {.of = network.output(), .index = 0, .against = 2})) ==
        std::vector<float>{1, 0, -1, 1, 0, -1});
}

TEST_CASE("target: scores and the best classes") {
  Graph graph = three_means();
  graph.then("flatten", ops::Flatten());
  const Network network = std::move(graph).finish();
  const Tape tape = run(network, tensor({1, 3, 2, 2}, {1, 1, 1, 1, 5, 5, 5, 5, 1, 1, 1, 1}));
  const ValueId of = network.output();
  CHECK(score_of(tape, {.of = of, .index = 1}) == 5.0F);
  CHECK(score_of(tape, {.of = of, .index = 0, .against = 1}) == -4.0F);
  const auto best = top_targets(tape, of, 10);
  REQUIRE(best.size() == 3);
  CHECK(best[0].index == 1);
  CHECK(best[1].index == 0);
  CHECK(best[2].index == 2);
  CHECK(top_targets(tape, of).size() == 1);
  CHECK_THROWS_AS(top_targets(tape, of, 0), ArgumentError);
}

TEST_CASE("target: NaN is never the best class") {
  Graph graph = three_means();
  const Network network = std::move(graph).finish();
  const Tape tape = run(network, tensor({1, 3, 2, 2}, {NAN, 1, 1, 1, -5, -5, -5, -5, 1, 1, 1, 1}));
  const auto best = top_targets(tape, network.output(), 3);
  CHECK(best[0].index == 2);
  CHECK(best[1].index == 1);
  CHECK(best[2].index == 0);
}

TEST_CASE("target: a class that does not exist and a value that holds no scores") {
  Graph graph = three_means();
  const Network network = std::move(graph).finish();
  const Tape tape = run(network, Tensor({1, 3, 2, 2}));
  const ValueId of = network.output();
  CHECK_THROWS_WITH(seed_for(tape, {.of = of, .index = 3}),
                    Catch::Contains("class 3") && Catch::Contains("has 3"));
  CHECK_THROWS_AS(seed_for(tape, {.of = of, .index = -1}), ArgumentError);
  CHECK_THROWS_AS(seed_for(tape, {.of = of, .index = 0, .against = 7}), ArgumentError);
  CHECK_THROWS_AS(score_of(tape, {.of = of, .index = 3}), ArgumentError);
  CHECK_THROWS_AS(seed_for(tape, {.of = network.input()}), ArgumentError);
  CHECK_THROWS_AS(class_count({1, 3, 2, 2}), ShapeError);
  CHECK_THROWS_AS(class_count({3}), ShapeError);
}

TEST_CASE("layers: the default is the last value with a spatial extent") {
  const Network network = gap_network();
  const auto shapes = network.infer_shapes({1, 3, 16, 16});
  const ValueId fc = network.output();
  CHECK(default_layer(network, shapes, fc) == network.find("relu2"));
  CHECK(resolve_layer(network, shapes, fc, "auto") == network.find("relu2"));
  CHECK(resolve_layer(network, shapes, fc, "") == network.find("relu2"));
  CHECK(resolve_layer(network, shapes, fc, "conv1") == network.find("conv1"));
  // A picture of 2x2 is a single pixel after the pooling.
  CHECK(default_layer(network, network.infer_shapes({1, 3, 2, 2}), fc) == network.find("relu1"));
}

TEST_CASE("layers: names that cannot carry a map") {
  const Network network = gap_network();
  const auto shapes = network.infer_shapes({1, 3, 16, 16});
  const ValueId fc = network.output();
  CHECK_THROWS_WITH(resolve_layer(network, shapes, fc, "relu3"), Catch::Contains("\"relu2\""));
  CHECK_THROWS_AS(resolve_layer(network, shapes, fc, "relu3"), LookupError);
  CHECK_THROWS_AS(resolve_layer(network, shapes, fc, "flatten"), ArgumentError);
  CHECK_THROWS_AS(resolve_layer(network, shapes, fc, "conv2.weight"), ArgumentError);
  CHECK_THROWS_AS(resolve_layer(network, shapes, network.find("pool"), "relu2"), ArgumentError);

  Graph graph({2, 1, 1});
  graph.then("flatten", ops::Flatten());
  const Network flat = std::move(graph).finish();
  CHECK_THROWS_AS(default_layer(flat, flat.infer_shapes({1, 2, 1, 1}), flat.output()),
                  ArgumentError);
}
