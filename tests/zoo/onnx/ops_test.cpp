/// Forms of operators that need more than a row in the table.
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/gemm.h"
#include "tests/zoo/onnx/model_proto.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

std::vector<float> values(const Tensor& tensor) {
  return {tensor.data().begin(), tensor.data().end()};
}

using Ints = std::vector<std::int64_t>;

/// A 3x3 kernel of ones over one channel.
ModelBuilder box_filter(const Shape& input) {
  ModelBuilder model(input);
  Shape kernel(input.size(), 3);
  kernel[0] = kernel[1] = 1;
  model.floats("w", kernel, std::vector<float>(input.size() == 3 ? 3 : 9, 1.0F));
  return model;
}

std::string error_of(const ModelBuilder& model) {
  try {
    model.network();
  } catch (const FormatError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a fully connected layer is one Gemm, whatever it is written as") {
  const auto only_gemm = [](const ModelBuilder& model) {
    const Network network = model.network();
    REQUIRE(network.node(network.output()).op->type() == "Gemm");
    return values(run(network, Tensor({1, 2}, std::vector<float>{1, 10})));
  };
  ModelBuilder transposed({-1, 2});
  transposed.floats("w", {3, 2}, {1, 2, 3, 4, 5, 6});
  transposed.floats("b", {3}, {100, 200, 300});
  attribute(transposed.node("Gemm", {"x", "w", "b"}, {"y"}), "transB", std::int64_t{1});
  CHECK(only_gemm(transposed) == std::vector<float>{121, 243, 365});

  ModelBuilder product({-1, 2});
  product.floats("w", {2, 3}, {1, 3, 5, 2, 4, 6});
  product.node("MatMul", {"x", "w"}, {"y"});
  CHECK(only_gemm(product) == std::vector<float>{21, 43, 65});
}

TEST_CASE("Gemm with all its attributes") {
  ModelBuilder model({2, 1});
  model.floats("w", {2, 3}, {1, 3, 5, 2, 4, 6});
  model.floats("c", {1, 3}, {1, 2, 3});
  auto& gemm = model.node("Gemm", {"x", "w", "c"}, {"y"});
  attribute(gemm, "transA", std::int64_t{1});
  attribute(gemm, "alpha", 0.5F);
  attribute(gemm, "beta", 10.0F);
  CHECK(values(run(model.network(), Tensor({2, 1}, std::vector<float>{2, 20}))) ==
        std::vector<float>{31, 63, 95});
}

TEST_CASE("auto_pad SAME puts the odd pixel where its name says") {
  for (const std::string mode : {"SAME_UPPER", "SAME_LOWER"}) {
    ModelBuilder model = box_filter({1, 1, 4, 4});
    auto& conv = model.node("Conv", {"x", "w"}, {"y"});
    attribute(conv, "auto_pad", mode);
    attribute(conv, "strides", Ints{2, 2});
    const Tensor y = run(model.network(), Tensor({1, 1, 4, 4}, 1.0F));
    CHECK(y.shape() == Shape{1, 1, 2, 2});
    CHECK(values(y) ==
          (mode == "SAME_UPPER" ? std::vector<float>{9, 6, 6, 4} : std::vector<float>{4, 6, 6, 9}));
  }
}

TEST_CASE("sequences are convolved and pooled") {
  ModelBuilder model = box_filter({-1, 1, 6});
  attribute(model.node("Conv", {"x", "w"}, {"a"}, "conv"), "pads", Ints{1, 1});
  auto& pool = model.node("MaxPool", {"a"}, {"y"});
  attribute(pool, "kernel_shape", Ints{2});
  attribute(pool, "strides", Ints{2});
  const Network network = model.network();
  CHECK(values(run(network, counting({1, 1, 6}))) == std::vector<float>{3, 9, 12});
  CHECK(run(network, counting({4, 1, 6})).shape() == Shape{4, 1, 3});
  CHECK(network.node(network.parameters()[0]).name == "w");
  CHECK(network.node(network.find("conv.Conv")).op->type() == "Conv");
}

TEST_CASE("three spatial axes are refused with the reason") {
  ModelBuilder model = box_filter({1, 1, 4, 4, 4});
  model.graph().mutable_initializer(0)->clear_float_data();
  for (int i = 0; i < 27; ++i) model.graph().mutable_initializer(0)->add_float_data(1.0F);
  model.node("Conv", {"x", "w"}, {"y"}, "deep");
  CHECK_THAT(error_of(model), Contains("node \"deep\" (Conv)") && Contains("rank 5"));
}

TEST_CASE("impossible windows are refused") {
  const auto error_with = [](const char* type, const char* name, const Ints& setting) {
    ModelBuilder model = box_filter({1, 1, 8, 8});
    const bool conv = std::string(type) == "Conv";
    auto& node = model.node(
        type, conv ? std::vector<std::string>{"x", "w"} : std::vector<std::string>{"x"}, {"y"});
    if (!conv && std::string(name) != "kernel_shape") attribute(node, "kernel_shape", Ints{3, 3});
    attribute(node, name, setting);
    return error_of(model);
  };
  const std::int64_t huge = std::int64_t{1} << 62;
  for (const char* const type : {"Conv", "MaxPool", "AveragePool"}) {
    INFO(type);
    CHECK(error_with(type, "strides", {0, 1}) != "none");
    CHECK(error_with(type, "strides", {huge, 1}) != "none");
    CHECK(error_with(type, "strides", {1}) != "none");
    CHECK(error_with(type, "kernel_shape", {}) != "none");
    CHECK(error_with(type, "kernel_shape", {huge, huge}) != "none");
    CHECK(error_with(type, "pads", {-1, 0, 0, 0}) != "none");
    CHECK(error_with(type, "pads", {0, 0, huge, huge}) != "none");
    CHECK(error_with(type, "pads", {0, 0, 0}) != "none");
    CHECK(error_with(type, "dilations", {0, 0}) != "none");
  }
  for (const std::int64_t group : {0, -1, 3}) {
    ModelBuilder model = box_filter({1, 1, 8, 8});
    attribute(model.node("Conv", {"x", "w"}, {"y"}), "group", group);
    CHECK(error_of(model) != "none");
  }
}

TEST_CASE("Clip takes its bounds from attributes or from constants") {
  ModelBuilder old({-1, 3}, 9);
  auto& clip = old.node("Clip", {"x"}, {"y"});
  attribute(clip, "min", 0.5F);
  attribute(clip, "max", 1.5F);
  CHECK(values(run(old.network(), counting({1, 3}))) == std::vector<float>{0.5F, 1, 1.5F});

  ModelBuilder now({-1, 3});
  now.floats("high", {}, {1.5F});
  now.node("Clip", {"x", "", "high"}, {"y"});
  CHECK(values(run(now.network(), counting({1, 3}))) == std::vector<float>{0, 1, 1.5F});

  ModelBuilder computed({-1, 3});
  computed.node("Clip", {"x", "x"}, {"y"});
  CHECK_THAT(error_of(computed), Contains("must be a constant"));
}

TEST_CASE("softmax before operator set 13 normalises everything from its axis on") {
  ModelBuilder model({-1, 2, 1, 2}, 9);
  model.node("Softmax", {"x"}, {"y"});
  const Tensor y = run(model.network(), Tensor({3, 2, 1, 2}, 1.0F));
  CHECK(y.shape() == Shape{3, 2, 1, 2});
  CHECK(y.data()[0] == Approx(0.25));

  ModelBuilder now({-1, 2, 1, 2}, 13);
  attribute(now.node("Softmax", {"x"}, {"y"}), "axis", std::int64_t{1});
  CHECK(run(now.network(), Tensor({3, 2, 1, 2}, 1.0F)).data()[0] == Approx(0.5));
}

TEST_CASE("operands before operator set 7 are laid along an axis") {
  ModelBuilder model({-1, 2, 1, 2}, 6);
  model.floats("b", {2}, {10, 20});
  auto& add = model.node("Add", {"x", "b"}, {"y"});
  attribute(add, "broadcast", std::int64_t{1});
  attribute(add, "axis", std::int64_t{1});
  CHECK(values(run(model.network(), counting({1, 2, 1, 2}))) == std::vector<float>{10, 11, 22, 23});
}

TEST_CASE("Split gives each part its value's name") {
  ModelBuilder model({-1, 4, 1, 1});
  attribute(model.node("Split", {"x"}, {"left", "right"}, "split"), "axis", std::int64_t{1});
  model.node("Sub", {"right", "left"}, {"y"});
  const Network network = model.network();
  CHECK(network.contains("left"));
  CHECK(network.contains("right"));
  CHECK(values(run(network, counting({1, 4, 1, 1}))) == std::vector<float>{2, 2});
}

TEST_CASE("a mean over height and width is global average pooling") {
  for (const std::int64_t keep : {0, 1}) {
    ModelBuilder model({-1, 3, 2, 2}, 11);
    auto& mean = model.node("ReduceMean", {"x"}, {"y"});
    attribute(mean, "axes", Ints{-1, 2});
    attribute(mean, "keepdims", keep);
    const Network network = model.network();
    CHECK(network.nodes()[1].op->type() == "GlobalAveragePool");
    const Tensor y = run(network, counting({2, 3, 2, 2}));
    CHECK(y.shape() == (keep != 0 ? Shape{2, 3, 1, 1} : Shape{2, 3}));
    CHECK(y.data()[1] == 5.5F);
  }
}

TEST_CASE("normalisation that is not the inference of channels is refused") {
  for (const char* const setting : {"training_mode", "spatial"}) {
    ModelBuilder model({-1, 2, 1, 1}, 8);
    for (const char* const name : {"s", "b", "m", "v"}) model.floats(name, {2}, {1, 1});
    attribute(model.node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}), setting,
              std::int64_t{std::string(setting) == "spatial" ? 0 : 1});
    CHECK(error_of(model) != "none");
  }
}
