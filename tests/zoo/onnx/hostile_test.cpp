/// Every rule of an ONNX file broken once: an error that says which, quickly and in little memory.
#include <catch2/catch.hpp>
#include <functional>

#include "core/error.h"
#include "tests/zoo/onnx/model_proto.h"
#include "tests/zoo/reading_cost.h"
#include "tests/zoo/test_files.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

using ::onnx::AttributeProto;
using ::onnx::TensorProto;

/// y = relu(conv(x, w) + b), for damage.
ModelBuilder good_model() {
  ModelBuilder model({-1, 1, 4, 4});
  model.floats("w", {2, 1, 1, 1}, {1, 2});
  model.floats("b", {2, 1, 1}, {3, 4});
  model.node("Conv", {"x", "w"}, {"c"}, "conv");
  model.node("Add", {"c", "b"}, {"s"}, "add");
  model.node("Relu", {"s"}, {"y"}, "relu");
  return model;
}

std::string error_of(const std::string& bytes) {
  try {
    decode_onnx({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, {}, "model");
  } catch (const FormatError& error) {
    return error.what();
  }
  return "none";
}

/// The damaged file is refused with a message that has `part`.
void check_refused(const std::string& bytes, const std::string& part) {
  const ReadingCost cost;
  const std::string error = error_of(bytes);
  cost.check();
  CHECK_THAT(error, Catch::Contains(part));
  CHECK_THAT(error, Catch::StartsWith("model: "));
}

struct Damage {
  const char* message;
  std::function<void(ModelBuilder&)> apply;
};

TensorProto& weight(ModelBuilder& model) { return *model.graph().mutable_initializer(0); }

void set_dims(TensorProto& tensor, const std::vector<std::int64_t>& dims) {
  tensor.clear_dims();
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
}

void add_external(TensorProto& tensor, const std::string& key, const std::string& value) {
  tensor.clear_float_data();
  tensor.set_data_location(TensorProto::EXTERNAL);
  auto* entry = tensor.add_external_data();
  entry->set_key(key);
  entry->set_value(value);
}

constexpr std::int64_t kLarge = std::int64_t{1} << 62;

std::vector<Damage> damaged_tensors() {
  return {
      {"impossible shape",
       [](ModelBuilder& m) {
         set_dims(weight(m), {-2, 1, 1, 1});
       }},
      {"impossible shape",
       [](ModelBuilder& m) {
         set_dims(weight(m), {kLarge, kLarge, 1, 1});
       }},
      {"has 2 values",
       [](ModelBuilder& m) {
         set_dims(weight(m), {0, kLarge, kLarge});
       }},
      {"conv",
       [](ModelBuilder& m) {
         set_dims(weight(m), {0, kLarge, kLarge, kLarge});
         weight(m).clear_float_data();
       }},
      {"has 2 values",
       [](ModelBuilder& m) {
         set_dims(weight(m), {1 << 30, 1, 1, 1});
       }},
      {"has 2 values",
       [](ModelBuilder& m) {
         set_dims(weight(m), {3, 1, 1, 1});
       }},
      {"has 2 values", [](ModelBuilder& m) { set_dims(weight(m), {}); }},
      {"has 0 values", [](ModelBuilder& m) { weight(m).clear_float_data(); }},
      {"has 0 values", [](ModelBuilder& m) { weight(m).set_data_type(TensorProto::INT64); }},
      {"7 bytes", [](ModelBuilder& m) { weight(m).set_raw_data(std::string(7, 'x')); }},
      {"9 bytes", [](ModelBuilder& m) { weight(m).set_raw_data(std::string(9, 'x')); }},
      {"data type 0", [](ModelBuilder& m) { weight(m).set_data_type(TensorProto::UNDEFINED); }},
      {"data type 8", [](ModelBuilder& m) { weight(m).set_data_type(TensorProto::STRING); }},
      {"data type 14", [](ModelBuilder& m) { weight(m).set_data_type(TensorProto::COMPLEX64); }},
      {"data type 99", [](ModelBuilder& m) { weight(m).set_data_type(99); }},
      {"segment", [](ModelBuilder& m) { weight(m).mutable_segment()->set_begin(1); }},
      {"in memory", [](ModelBuilder& m) { add_external(weight(m), "location", "w.bin"); }},
      {"sparse", [](ModelBuilder& m) { m.graph().add_sparse_initializer(); }},
      {"without a name", [](ModelBuilder& m) { weight(m).clear_name(); }},
      {"two initializers named \"b\"", [](ModelBuilder& m) { weight(m).set_name("b"); }},
  };
}

std::vector<Damage> damaged_graphs() {
  return {
      {"no graph", [](ModelBuilder& m) { m.proto().clear_graph(); }},
      {"which operator set", [](ModelBuilder& m) { m.proto().clear_opset_import(); }},
      {"operator set 0",
       [](ModelBuilder& m) { m.proto().mutable_opset_import(0)->set_version(0); }},
      {"operator set -1",
       [](ModelBuilder& m) { m.proto().mutable_opset_import(0)->set_version(-1); }},
      {"no output", [](ModelBuilder& m) { m.graph().clear_output(); }},
      {"\"z\"", [](ModelBuilder& m) { m.graph().mutable_output(0)->set_name("z"); }},
      {"has 0 inputs",
       [](ModelBuilder& m) {
         m.graph().clear_input();
         m.floats("x", {1, 1, 1, 1}, {1});
       }},
      {"uses the value \"x\"", [](ModelBuilder& m) { m.graph().clear_input(); }},
      {"\"x\" is made twice", [](ModelBuilder& m) { *m.graph().add_input() = m.graph().input(0); }},
      {"not UTF-8", [](ModelBuilder& m) { m.graph().mutable_node(0)->set_name("\xC0\x80"); }},
      {"not UTF-8", [](ModelBuilder& m) { m.graph().mutable_node(2)->set_output(0, "\xFF"); }},
      {"\"s\" is made twice",
       [](ModelBuilder& m) { m.graph().mutable_node(2)->set_output(0, "s"); }},
      {"\"w\" is made twice",
       [](ModelBuilder& m) { m.graph().mutable_node(0)->set_output(0, "w"); }},
      {"uses the value \"y\"",
       [](ModelBuilder& m) { m.graph().mutable_node(0)->set_input(0, "y"); }},
      {"uses the value \"c\"",
       [](ModelBuilder& m) { m.graph().mutable_node(0)->set_input(0, "c"); }},
      {"uses the value \"v\"",
       [](ModelBuilder& m) { m.graph().mutable_node(1)->set_input(1, "v"); }},
      {"lacks its input 1", [](ModelBuilder& m) { m.graph().mutable_node(1)->set_input(1, ""); }},
      {"lacks its input 1",
       [](ModelBuilder& m) { m.graph().mutable_node(0)->mutable_input()->RemoveLast(); }},
      {"too many inputs", [](ModelBuilder& m) { m.graph().mutable_node(2)->add_input("c"); }},
      {"Nothing", [](ModelBuilder& m) { m.graph().mutable_node(2)->set_op_type("Nothing"); }},
      {"org.Relu", [](ModelBuilder& m) { m.graph().mutable_node(2)->set_domain("org"); }},
      {"no shape",
       [](ModelBuilder& m) {
         m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
       }},
      {"no floating-point", [](ModelBuilder& m) { m.graph().mutable_input(0)->clear_type(); }},
      {"impossible batch",
       [](ModelBuilder& m) {
         set_shape(*m.graph().mutable_input(0), {1 << 30, 1, 4, 4});
       }},
      {"leaves extents open",
       [](ModelBuilder& m) {
         set_shape(*m.graph().mutable_input(0), {1, 0, 4, 4});
       }},
      {"model: ",
       [](ModelBuilder& m) {
         set_shape(*m.graph().mutable_input(0), {1, 1, kLarge, kLarge});
       }},
      {"model: ",
       [](ModelBuilder& m) {
         set_shape(*m.graph().mutable_input(0), {1, 1, 1 << 20, 1 << 20});
       }},
  };
}

std::vector<Damage> damaged_attributes() {
  const auto on = [](int node, const char* name, auto value) {
    return [=](ModelBuilder& m) { attribute(*m.graph().mutable_node(node), name, value); };
  };
  using Ints = std::vector<std::int64_t>;
  return {
      {"has the wrong type", on(0, "group", 1.0F)},
      {"has the wrong type", on(0, "strides", std::int64_t{1})},
      {"has the wrong type", on(0, "auto_pad", Ints{1})},
      {"auto_pad is unknown", on(0, "auto_pad", std::string("SOMEHOW"))},
      {"is not supported", on(2, "alpha", 1.0F)},
      {"attribute group twice",
       [on](ModelBuilder& m) {
         on(0, "group", std::int64_t{1})(m);
         on(0, "group", std::int64_t{1})(m);
       }},
      {"conv", on(0, "group", std::int64_t{0})},
      {"conv", on(0, "group", kLarge)},
      {"conv", on(0, "strides", Ints{0, 0})},
      {"conv", on(0, "dilations", Ints{kLarge, kLarge})},
      {"conv", on(0, "pads", Ints{0, 0, -kLarge, kLarge})},
  };
}

void check_damages(const std::vector<Damage>& damages) {
  REQUIRE(error_of(good_model().bytes()) == "none");
  for (std::size_t i = 0; i < damages.size(); ++i) {
    INFO("damage " << i << ": " << damages[i].message);
    ModelBuilder model = good_model();
    damages[i].apply(model);
    check_refused(model.bytes(), damages[i].message);
  }
}

/// A field of wire type 2.
std::string field(int number, const std::string& content) {
  std::string text(1, static_cast<char>(number << 3 | 2));
  for (std::size_t size = content.size(); true; size >>= 7) {
    text += static_cast<char>((size & 0x7F) | (size >= 0x80 ? 0x80 : 0));
    if (size < 0x80) return text + content;
  }
}

}  // namespace

TEST_CASE("tensors that break a rule are refused") { check_damages(damaged_tensors()); }
TEST_CASE("graphs that break a rule are refused") { check_damages(damaged_graphs()); }
TEST_CASE("attributes that break a rule are refused") { check_damages(damaged_attributes()); }

TEST_CASE("graphs within graphs without end are refused") {
  std::string graph;  // node(1) { attribute(5) { g(6) { … } } }
  for (int depth = 0; depth < 5000; ++depth) graph = field(1, field(5, field(6, graph)));
  check_refused(field(7, graph), "protobuf encoding is damaged");

  check_refused(std::string(50000, '\x0B'), "protobuf encoding is damaged");  // groups
}

TEST_CASE("bytes that are no protobuf are refused") {
  const std::string good = good_model().bytes();
  for (const std::string& bytes :
       {std::string(), std::string("not a model"), std::string(1 << 20, '\xFF'),
        field(7, std::string(1 << 20, '\0')), good + '\x07', good + "\x3A\xFF\xFF\xFF\xFF\x0F"}) {
    INFO(bytes.size() << " bytes");
    check_refused(bytes, "");
  }
}

TEST_CASE("a long chain of nodes costs no stack and little time") {
  ModelBuilder model({-1, 1, 2, 2});
  std::string last = "x";
  for (int i = 0; i < 20000; ++i) {
    const std::string next = i + 1 < 20000 ? "v" + std::to_string(i) : "y";
    model.node("Relu", {last}, {next});
    last = next;
  }
  const std::string bytes = model.bytes();
  const ReadingCost cost;
  CHECK(error_of(bytes) == "none");
  cost.check();
}

TEST_CASE("doubling without end is refused before it is computed") {
  ModelBuilder model({-1, 1, 4, 4});
  std::string last = "x";
  for (int i = 0; i < 60; ++i) {
    const std::string next = i + 1 < 60 ? "v" + std::to_string(i) : "y";
    attribute(model.node("Concat", {last, last}, {next}), "axis", std::int64_t{1});
    last = next;
  }
  check_refused(model.bytes(), "impossible size");
}

TEST_CASE("external data that does not fit its tensor is refused") {
  const TemporaryFolder folder;
  write_file(folder / "w.bin", Bytes(16, 0));
  const auto error_with = [&](const std::string& key, const std::string& value) {
    ModelBuilder model = good_model();
    add_external(weight(model), "location", "w.bin");
    add_external(weight(model), key, value);
    write_file(folder / "model.onnx", std::string_view(model.bytes()));
    try {
      read_onnx(folder / "model.onnx");
    } catch (const FormatError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  CHECK(error_with("offset", "8") == "none");
  CHECK(error_with("length", "8") == "none");
  for (const char* const offset :
       {"9", "17", "18446744073709551615", "18446744073709551616", "-1", "", "8x", "0x8"}) {
    INFO(offset);
    CHECK_THAT(error_with("offset", offset), Catch::Contains("\"w\""));
  }
  CHECK_THAT(error_with("length", "9"), Catch::Contains("needs 8 bytes"));
  CHECK_THAT(error_with("location", "."), Catch::Contains("\"w\""));
  CHECK_THAT(error_with("location", "none.bin"), Catch::Contains("lacks its external data"));
}
