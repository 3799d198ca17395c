/// What a model as a whole becomes: names, parameters, the batch, and what is refused.
#include "zoo/onnx/onnx.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/error.h"
#include "tests/zoo/onnx/model_proto.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/npy.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

std::string error_of(const ModelBuilder& model) {
  try {
    model.network();
  } catch (const FormatError& error) {
    return error.what();
  }
  return "none";
}

/// y = relu(x + w), the sum named "add".
ModelBuilder small_model() {
  ModelBuilder model({-1, 1, 2, 2});
  model.floats("w", {2, 2}, {-1, -2, 3, 4});
  model.node("Add", {"x", "w"}, {"sum"}, "add");
  model.node("Relu", {"sum"}, {"y"}, "");
  return model;
}

}  // namespace

TEST_CASE("a small model runs") {
  const Network network = small_model().network();
  const Tensor y = run(network, counting({2, 1, 2, 2}));
  CHECK(y.shape() == Shape{2, 1, 2, 2});
  CHECK(std::vector<float>(y.data().begin(), y.data().end()) ==
        std::vector<float>{0, 0, 5, 7, 3, 3, 9, 11});
  CHECK(network.input_shape() == Shape{1, 2, 2});
}

TEST_CASE("nodes are found by their own name and by their value's") {
  const Network network = small_model().network();
  CHECK(network.node(network.find("add")).op->type() == "Add");
  CHECK(network.find("sum") == network.find("add"));
  CHECK(network.node(network.find("y")).name == "y");
  CHECK(network.node(network.input()).name == "x");
  REQUIRE(network.parameters().size() == 1);
  CHECK(network.node(network.parameters()[0]).name == "w");
}

TEST_CASE("a name that two nodes share, or that another value has, is not used") {
  ModelBuilder model({1, 1, 2, 2});
  model.node("Relu", {"x"}, {"a"}, "same");
  model.node("Relu", {"a"}, {"b"}, "same");
  model.node("Relu", {"b"}, {"c"}, "a");
  model.node("Relu", {"c"}, {"y"}, "last");
  const Network network = model.network();
  std::vector<std::string> names;
  for (const Node& node : network.nodes()) names.push_back(node.name);
  CHECK(names == std::vector<std::string>{"x", "a", "b", "c", "last"});
}

TEST_CASE("Identity and Dropout vanish, and an Identity of a weight shares it") {
  ModelBuilder model({-1, 1, 2, 2});
  model.floats("w", {1}, {2});
  model.node("Identity", {"w"}, {"w2"});
  model.node("Mul", {"x", "w"}, {"a"});
  model.node("Dropout", {"a"}, {"b", "mask"});
  model.node("Mul", {"b", "w2"}, {"y"});
  const Network network = model.network();
  CHECK(network.parameters().size() == 1);
  CHECK(network.nodes().size() == 4);
  CHECK(run(network, Tensor({1, 1, 2, 2}, 3.0F)).data()[0] == 12.0F);
}

TEST_CASE("branches that the first output does not need are left out") {
  ModelBuilder model = small_model();
  model.node("NotAnOp", {"sum"}, {"other"});
  model.graph().add_output()->set_name("other");
  CHECK(model.network().nodes().size() == 4);
}

TEST_CASE("running statistics are no trainable parameters") {
  ModelBuilder model({-1, 2, 1, 1});
  for (const char* const name : {"scale", "bias", "mean", "var"}) model.floats(name, {2}, {1, 2});
  model.node("BatchNormalization", {"x", "scale", "bias", "mean", "var"}, {"y"}, "bn");
  const Network network = model.network();
  CHECK(network.parameters().size() == 4);
  CHECK(network.parameters(true).size() == 2);
}

TEST_CASE("a model written for one picture takes several") {
  ModelBuilder model({1, 2, 2, 2});
  model.ints("shape", {1, 8});
  model.node("Reshape", {"x", "shape"}, {"y"});
  CHECK(run(model.network(), counting({3, 2, 2, 2})).shape() == Shape{3, 8});
}

TEST_CASE("a model whose graph ties it to its batch takes that batch") {
  ModelBuilder model({2, 1, 2, 2});
  model.ints("shape", {8});
  model.node("Reshape", {"x", "shape"}, {"y"});
  const Network network = model.network();
  CHECK(run(network, counting({2, 1, 2, 2})).shape() == Shape{8});
  CHECK_THROWS_AS(run(network, counting({3, 1, 2, 2})), ShapeError);
}

TEST_CASE("all unsupported operators are listed at once") {
  ModelBuilder model({1, 1, 2, 2});
  model.node("Einsum", {"x"}, {"a"}, "first");
  model.node("Einsum", {"a"}, {"b"}, "second");
  model.node("Foo", {"b"}, {"y"}, "third").set_domain("com.example");
  const std::string error = error_of(model);
  CHECK_THAT(error, Contains("Einsum (\"first\", \"second\")"));
  CHECK_THAT(error, Contains("com.example.Foo (\"third\")"));
  CHECK_THAT(error, Contains("operator set 13"));
}

TEST_CASE("inputs that are not one [N,C,H,W] tensor of floats are refused") {
  ModelBuilder two = small_model();
  set_shape(*two.graph().add_input(), {1});
  two.graph().mutable_input(1)->set_name("second");
  CHECK_THAT(error_of(two), Contains("2 inputs (\"x\", \"second\")"));

  ModelBuilder last({1, 224, 224, 3});
  last.node("Relu", {"x"}, {"y"});
  CHECK_THAT(error_of(last), Contains("channels last"));

  ModelBuilder integers({1, 3, 2, 2});
  integers.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      ::onnx::TensorProto::INT64);
  integers.node("Relu", {"x"}, {"y"});
  CHECK_THAT(error_of(integers), Contains("no floating-point tensor"));

  ModelBuilder open({-1, -1, 2, 2});
  open.node("Relu", {"x"}, {"y"});
  CHECK_THAT(error_of(open), Contains("leaves extents open"));
}

TEST_CASE("a picture with its channels last that is transposed at once is one with them first") {
  ModelBuilder model({-1, 32, 32, 3});
  attribute(model.node("Transpose", {"x"}, {"first"}), "perm",
            std::vector<std::int64_t>{0, 3, 1, 2});
  model.floats("w", {1, 3, 1, 1}, {1, 10, 100});
  model.node("Conv", {"first", "w"}, {"y"}, "conv");
  const Network network = model.network();
  CHECK(network.input_shape() == Shape{3, 32, 32});
  CHECK(network.nodes().size() == 3);
  const Tensor y = run(network, counting({1, 3, 32, 32}));
  CHECK(y.data()[1] == 1.0F + 10.0F * (1024 + 1) + 100.0F * (2048 + 1));

  model.node("Relu", {"x"}, {"also"});
  model.node("ReduceMean", {"also"}, {"mean"});
  model.graph().mutable_output(0)->set_name("sum");
  model.node("Add", {"y", "mean"}, {"sum"});
  CHECK_THAT(error_of(model), Contains("channels last"));
}

TEST_CASE("an open height and width are 224") {
  ModelBuilder model({-1, 3, -1, -1});
  model.node("Relu", {"x"}, {"y"});
  CHECK(model.network().input_shape() == Shape{3, 224, 224});
}

TEST_CASE("graphs that are no graphs are refused") {
  ModelBuilder twice = small_model();
  twice.node("Relu", {"x"}, {"sum"});
  CHECK_THAT(error_of(twice), Contains("\"sum\" is made twice"));

  ModelBuilder cycle({1, 1, 2, 2});
  cycle.node("Add", {"x", "b"}, {"a"});
  cycle.node("Relu", {"a"}, {"b"});
  cycle.node("Relu", {"b"}, {"y"});
  CHECK_THAT(error_of(cycle), Contains("\"b\", which nothing before it makes"));

  ModelBuilder constant({1, 1, 2, 2});
  constant.floats("w", {1}, {1});
  constant.node("Relu", {"w"}, {"y"});
  CHECK_THAT(error_of(constant), Contains("does not depend on the input"));

  ModelBuilder old = small_model();
  old.proto().mutable_opset_import(0)->set_version(18);
  CHECK_THAT(error_of(old), Contains("operator set 18"));
}

TEST_CASE("an attribute that nobody knows is refused, not ignored") {
  ModelBuilder model({1, 1, 2, 2});
  attribute(model.node("Relu", {"x"}, {"y"}, "r"), "negative_slope", std::int64_t{1});
  CHECK_THAT(error_of(model), Contains("node \"r\" (Relu)"));
  CHECK_THAT(error_of(model), Contains("negative_slope"));
}

TEST_CASE("messages are one line whatever a model's names hold") {
  ModelBuilder model({1, 1, 2, 2});
  model.node("Bad\nOp", {"x"}, {"y"}, "a\tb");
  CHECK(error_of(model).find_first_of("\n\t") == std::string::npos);
}

TEST_CASE("external data is read from the model's folder and from nowhere else") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  const Bytes four_floats{0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64};
  write_file(folder / "weights.bin", four_floats);
  write_file(elsewhere / "weights.bin", four_floats);
  std::filesystem::create_symlink(elsewhere / "weights.bin", folder / "link.bin");
  const auto write_model = [&](const std::string& location) {
    ModelBuilder model = small_model();
    ::onnx::TensorProto& w = *model.graph().mutable_initializer(0);
    w.clear_float_data();
    w.set_data_location(::onnx::TensorProto::EXTERNAL);
    auto* entry = w.add_external_data();
    entry->set_key("location");
    entry->set_value(location);
    write_file(folder / "model.onnx", std::string_view(model.bytes()));
    return folder / "model.onnx";
  };
  const Network network = read_onnx(write_model("weights.bin"));
  CHECK(run(network, Tensor({1, 1, 2, 2})).data()[3] == 4.0F);
  for (const std::string& location :
       {std::string("../") + elsewhere.path().filename().string() + "/weights.bin",
        (elsewhere / "weights.bin").string(), std::string("link.bin"), std::string("a\\b"),
        std::string("weights.bin\0", 12), std::string()}) {
    INFO(location);
    CHECK_THROWS_AS(read_onnx(write_model(location)), FormatError);
  }
  CHECK_THROWS_AS(read_onnx(write_model("missing.bin")), Error);
}

TEST_CASE("initializers alone can be read") {
  const TemporaryFolder folder;
  ModelBuilder model = small_model();
  model.ints("shape", {1, -1});
  write_file(folder / "model.onnx", std::string_view(model.bytes()));
  const StateDict tensors = read_onnx_tensors(folder / "model.onnx");
  REQUIRE(tensors.size() == 2);
  CHECK(tensors.at("shape").data()[1] == -1.0F);
  CHECK(tensors.at("w").shape() == Shape{2, 2});
}

TEST_CASE("a file that is missing or a folder is a FileError") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(read_onnx(folder / "none.onnx"), FileError);
  CHECK_THROWS_AS(read_onnx(folder.path()), FileError);
}

TEST_CASE("every cut and every flipped byte of a model ends in an error or a network") {
  const std::string good = small_model().bytes();
  const auto attempt = [](const std::string& bytes) {
    try {
      decode_onnx({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, {}, "cut");
    } catch (const FormatError&) {
      return false;
    }
    return true;
  };
  REQUIRE(attempt(good));
  int refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    refused += attempt(good.substr(0, i)) ? 0 : 1;
    for (const int mask : {0x01, 0x80, 0xFF}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ mask);
      refused += attempt(bad) ? 0 : 1;
    }
  }
  CHECK(refused > static_cast<int>(good.size()));
}

TEST_CASE("the exported ResNet-20 gives its logits, alone and in a batch") {
  const auto folder = test_data("oracle/cifar10_resnet20");
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: ResNet-20 is not run");
    return;
  }
  const Network network = read_onnx(*folder / "resnet20_op13_bn.onnx");
  const Tensor input = read_npy(*folder / "input.npy");
  const Tensor expected = read_npy(*folder / "expected" / "logits.npy");
  const Tensor logits = run(network, input);
  REQUIRE(logits.shape() == expected.shape());
  for (std::size_t i = 0; i < logits.data().size(); ++i) {
    CHECK(logits.data()[i] == Approx(expected.data()[i]).margin(2e-5));
  }
}
