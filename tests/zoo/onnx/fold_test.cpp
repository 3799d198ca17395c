/// Shape arithmetic that exporters write, and how it leaves the batch free.
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/reshape.h"
#include "tests/zoo/onnx/model_proto.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

void constant_ints(ModelBuilder& model, const std::string& name, const Shape& shape,
                   const std::vector<std::int64_t>& values) {
  auto* value = model.node("Constant", {}, {name}).add_attribute();
  value->set_name("value");
  value->set_type(::onnx::AttributeProto::TENSOR);
  *value->mutable_t() = int_tensor("", shape, values);
}

/// x.view(x.size(0), -1) as PyTorch exports it.
ModelBuilder view_model(const Shape& input) {
  ModelBuilder model(input, 11);
  model.node("Shape", {"x"}, {"shape"});
  constant_ints(model, "zero", {}, {0});
  model.node("Gather", {"shape", "zero"}, {"batch"});
  attribute(model.node("Unsqueeze", {"batch"}, {"first"}), "axes", std::vector<std::int64_t>{0});
  constant_ints(model, "rest", {1}, {-1});
  attribute(model.node("Concat", {"first", "rest"}, {"target"}), "axis", std::int64_t{0});
  model.node("Reshape", {"x", "target"}, {"y"}, "view");
  return model;
}

}  // namespace

TEST_CASE("a view of the batch and the rest folds to one Reshape") {
  for (const std::int64_t declared : {-1, 1, 4}) {
    const Network network = view_model({declared, 2, 3, 3}).network();
    REQUIRE(network.nodes().size() == 2);
    CHECK(run(network, counting({5, 2, 3, 3})).shape() == Shape{5, 18});
  }
}

TEST_CASE("a channel shuffle with a computed target leaves the batch free") {
  ModelBuilder model({-1, 4, 2, 2}, 11);
  model.node("Shape", {"x"}, {"shape"});
  for (int axis = 0; axis < 4; ++axis) {
    const std::string n = std::to_string(axis);
    constant_ints(model, "i" + n, {}, {axis});
    model.node("Gather", {"shape", "i" + n}, {"d" + n});
  }
  constant_ints(model, "two", {}, {2});
  model.node("Div", {"d1", "two"}, {"half"});
  for (const char* const name : {"d0", "two", "half", "d2", "d3"}) {
    attribute(model.node("Unsqueeze", {name}, {std::string(name) + "u"}), "axes",
              std::vector<std::int64_t>{0});
  }
  attribute(model.node("Concat", {"d0u", "twou", "halfu", "d2u", "d3u"}, {"split"}), "axis",
            std::int64_t{0});
  model.node("Reshape", {"x", "split"}, {"groups"});
  attribute(model.node("Transpose", {"groups"}, {"swapped"}), "perm",
            std::vector<std::int64_t>{0, 2, 1, 3, 4});
  constant_ints(model, "join", {4}, {-1, 4, 2, 2});
  model.node("Reshape", {"swapped", "join"}, {"y"});
  const Tensor y = run(model.network(), counting({3, 4, 2, 2}));
  REQUIRE(y.shape() == Shape{3, 4, 2, 2});
  CHECK(y.data()[4] == 8.0F);  // channel 1 is the old channel 2
  CHECK(y.data()[16 + 8] == 16.0F + 4.0F);
}

TEST_CASE("integers beyond float32 survive moving") {
  ModelBuilder model({1, 1, 4, 4}, 11);
  constant_ints(model, "ends", {2}, {0, 9223372036854775807});
  constant_ints(model, "one", {1}, {1});
  model.node("Gather", {"ends", "one"}, {"end"});
  constant_ints(model, "start", {1}, {1});
  constant_ints(model, "axis", {1}, {3});
  model.node("Slice", {"x", "start", "end", "axis"}, {"y"});
  CHECK(run(model.network(), counting({1, 1, 4, 4})).shape() == Shape{1, 1, 4, 3});
}

TEST_CASE("arithmetic on integers is checked") {
  const auto outcome = [](const char* type, std::int64_t a, std::int64_t b) {
    ModelBuilder model({1, 1, 2, 2}, 13);
    model.ints("a", {a});
    model.ints("b", {b});
    model.node(type, {"a", "b"}, {"c"});
    model.node("Reshape", {"x", "c"}, {"y"});
    return run(model.network(), counting({1, 1, 2, 2})).shape();
  };
  CHECK(outcome("Add", 1, 3) == Shape{4});
  CHECK(outcome("Div", -9, -2) == Shape{4});
  CHECK(outcome("Mul", 2, 2) == Shape{4});
  CHECK(outcome("Max", 4, -7) == Shape{4});
  CHECK_THROWS_AS(outcome("Div", 4, 0), FormatError);
  CHECK_THROWS_AS(outcome("Mul", std::int64_t{1} << 62, 4), FormatError);
  CHECK_THROWS_AS(outcome("Sub", -2, 9223372036854775807), FormatError);
}

TEST_CASE("evaluation has a budget") {
  ModelBuilder model({1, 1, 2, 2}, 13);
  model.ints("large", {std::int64_t{1} << 40});
  model.node("ConstantOfShape", {"large"}, {"zeros"});
  model.node("Add", {"x", "zeros"}, {"y"});
  CHECK_THROWS_AS(model.network(), FormatError);

  ModelBuilder many({1, 1, 2, 2}, 13);
  many.ints("side", {1 << 19});
  for (int i = 0; i < 100; ++i) {
    many.node("ConstantOfShape", {"side"}, {"zeros" + std::to_string(i)});
    many.node("Shape", {"zeros" + std::to_string(i)}, {"shape" + std::to_string(i)});
  }
  std::vector<std::string> shapes;
  for (int i = 0; i < 100; ++i) shapes.push_back("shape" + std::to_string(i));
  many.node("Max", shapes, {"most"});
  many.node("Reshape", {"x", "most"}, {"y"});
  CHECK_THROWS_AS(many.network(), FormatError);
}

TEST_CASE("a constant with one element per picture is refused") {
  ModelBuilder model({-1, 1, 2, 2}, 13);
  model.node("Shape", {"x"}, {"shape"});
  model.node("ConstantOfShape", {"shape"}, {"zeros"});
  attribute(model.node("Concat", {"x", "zeros"}, {"y"}), "axis", std::int64_t{1});
  const Network network = model.network();  // for one picture, the only way left
  CHECK(run(network, counting({1, 1, 2, 2})).shape() == Shape{1, 2, 2, 2});
  CHECK_THROWS_AS(run(network, counting({2, 1, 2, 2})), ShapeError);
}
