#include "core/network.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/gemm.h"
#include "core/ops/relu.h"

using namespace cameo;

namespace {

/// picture [N,3] -> fc (2) -> relu, with a running value that is not trained.
std::vector<Node> small_nodes() {
  return {{.name = "picture"},
          {.name = "fc.weight", .parameter = Tensor({2, 3}, 1.0F)},
          {.name = "fc.count", .parameter = Tensor({1}), .trainable = false},
          {.name = "fc", .op = std::make_shared<ops::Gemm>(), .inputs = {0, 1}},
          {.name = "relu", .op = std::make_shared<ops::Relu>(), .inputs = {3}}};
}

Network small_network() { return Network(small_nodes(), 0, 4, {3}); }

}  // namespace

TEST_CASE("a network finds its values by name") {
  const Network net = small_network();
  CHECK(net.find("fc") == 3);
  CHECK(net.contains("fc.weight"));
  CHECK_FALSE(net.contains("fc.bias"));
  CHECK_THROWS_AS(net.find("rely"), LookupError);
  CHECK_THROWS_WITH(net.find("rely"), Catch::Contains("\"relu\""));
  CHECK(net.parameters() == std::vector<ValueId>{1, 2});
  CHECK(net.parameters(true) == std::vector<ValueId>{1});
  CHECK_THROWS_AS(net.node(5), ArgumentError);
  CHECK_THROWS_AS(net.node(-1), ArgumentError);
}

TEST_CASE("the name of a module means its output") {
  std::vector<Node> nodes = small_nodes();
  nodes[3].name = "block.0";
  nodes[4].name = "block.1";
  const Network net(std::move(nodes), 0, 4, {3});
  CHECK(net.find("block") == 4);
  CHECK(net.find("block.0") == 3);
  CHECK_THROWS_AS(net.find("bloc"), LookupError);
  CHECK_THROWS_AS(net.find("fc"), LookupError);  // parameters alone make no module
}

TEST_CASE("a network refuses what is no graph") {
  std::vector<Node> nodes = small_nodes();
  CHECK_THROWS_AS(Network(nodes, 0, 5, {3}), ArgumentError);
  CHECK_THROWS_AS(Network(nodes, -1, 4, {3}), ArgumentError);
  nodes[4].name = "fc";
  CHECK_THROWS_WITH(Network(nodes, 0, 4, {3}), Catch::Contains("\"fc\""));
  nodes = small_nodes();
  nodes[3].inputs = {0, 4};
  CHECK_THROWS_WITH(Network(nodes, 0, 4, {3}), Catch::Contains("\"fc\""));
  nodes = small_nodes();
  nodes[1].parameter = Tensor();
  CHECK_THROWS_WITH(Network(nodes, 0, 4, {3}), Catch::Contains("\"fc.weight\""));
}

TEST_CASE("parameters are set by their own shape only") {
  Network net = small_network();
  net.set_parameter(1, Tensor({2, 3}, 5.0F));
  CHECK(net.node(1).parameter.data()[0] == 5.0F);
  CHECK_THROWS_AS(net.set_parameter(1, Tensor({3, 2})), ShapeError);
  CHECK_THROWS_AS(net.set_parameter(3, Tensor({2, 3})), ArgumentError);
  CHECK_THROWS_AS(net.set_parameter(1, Tensor()), Error);
}

TEST_CASE("a parameter changed in place leaves shared copies alone") {
  Network net = small_network();
  const Tensor snapshot = net.node(1).parameter;
  net.mutable_parameter(1)[0] = 7.0F;
  CHECK(net.node(1).parameter.data()[0] == 7.0F);
  CHECK(snapshot.data()[0] == 1.0F);
  CHECK_THROWS_AS(net.mutable_parameter(0), ArgumentError);
}

TEST_CASE("shapes are inferred for any batch, and errors name the layer") {
  const Network net = small_network();
  CHECK(net.infer_shapes({7, 3})[4] == Shape{7, 2});
  CHECK_THROWS_AS(net.infer_shapes({7, 4}), ShapeError);
  CHECK_THROWS_WITH(net.infer_shapes({7, 4}),
                    Catch::Contains("layer \"fc\"") && Catch::Contains("Gemm: "));
}
