#include "layers/builder.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/relu.h"

using cameo::Builder;
using cameo::Network;
using cameo::ValueId;

namespace {

std::shared_ptr<const cameo::Op> relu_op() { return std::make_shared<cameo::ops::Relu>(); }

}  // namespace

TEST_CASE("scopes nest and end") {
  Builder builder;
  ValueId x = builder.input("input", {3, 8, 8});
  {
    const Builder::Scope outer = builder.scope("layer4");
    {
      const Builder::Scope inner = builder.scope("1");
      x = builder.apply("relu", relu_op(), {x});
      const Builder::Scope nothing = builder.scope("");
      CHECK(builder.full_name("conv1") == "layer4.1.conv1");
    }
    x = builder.apply("", relu_op(), {x});
  }
  x = builder.apply("last", relu_op(), {x});
  const Network network = std::move(builder).finish(x);
  CHECK(network.nodes()[1].name == "layer4.1.relu");
  CHECK(network.nodes()[2].name == "layer4");
  CHECK(network.nodes()[3].name == "last");
  CHECK(network.input_shape() == cameo::Shape{3, 8, 8});
}

TEST_CASE("a parameter's value depends on the seed and its own name alone") {
  const auto value = [](std::uint64_t seed, bool with_another) {
    Builder builder(seed);
    if (with_another) builder.parameter("a.weight", {4, 4}, cameo::kaiming_normal());
    const ValueId id = builder.parameter("b.weight", {4, 4}, cameo::kaiming_normal());
    builder.input("input", {1, 2, 2});
    const Network network = std::move(builder).finish(id);
    const auto data = network.node(id).parameter.data();
    return std::vector<float>(data.begin(), data.end());
  };
  CHECK(value(1, false) == value(1, true));
  CHECK(value(1, false) != value(2, false));
}

TEST_CASE("parameters of other names differ") {
  Builder builder(3);
  builder.input("input", {1, 2, 2});
  const ValueId a = builder.parameter("a", {4, 4}, cameo::xavier_normal());
  const ValueId b = builder.parameter("b", {4, 4}, cameo::xavier_normal(), false);
  const Network network = std::move(builder).finish(b);
  CHECK(network.node(a).parameter.data()[0] != network.node(b).parameter.data()[0]);
  CHECK(network.node(a).trainable);
  CHECK_FALSE(network.node(b).trainable);
}

TEST_CASE("misuse of a builder is named") {
  Builder builder;
  CHECK_THROWS_AS(builder.apply("", relu_op(), {}), cameo::ArgumentError);
  CHECK_THROWS_AS(builder.shape_of(0), cameo::ArgumentError);
  const ValueId x = builder.input("input", {1, 2, 2});
  CHECK_THROWS_AS(builder.input("again", {1, 2, 2}), cameo::ArgumentError);
  CHECK_THROWS_AS(
      builder.parameter("p", {2},
                        [](const cameo::Shape&, cameo::Random&) { return cameo::Tensor({3}); }),
      cameo::ShapeError);
  CHECK_THROWS_AS(Builder().finish(0), cameo::ArgumentError);
  builder.apply("twice", relu_op(), {x});
  const ValueId y = builder.apply("twice", relu_op(), {x});
  CHECK_THROWS_AS(std::move(builder).finish(y), cameo::ArgumentError);
}
