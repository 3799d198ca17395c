#include "zoo/graph.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/error.h"
#include "core/ops/clip.h"
#include "core/random.h"
#include "core/tape.h"
#include "tests/zoo/graph_cases.h"
#include "tests/zoo/test_files.h"
#include "zoo/graph_ops.h"
#include "zoo/model.h"

using namespace cameo;
using namespace cameo::zoo;
using nlohmann::json;

namespace {

/// The types of all classes in core/ops that can be instantiated, read from the sources.
std::set<std::string> types_in_sources() {
  std::set<std::string> types;
  int classes = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CAMEO_SOURCE_DIR) / "core/ops")) {
    if (entry.path().extension() != ".h") continue;
    std::ostringstream stream;
    stream << std::ifstream(entry.path()).rdbuf();
    const std::string text = stream.str();
    classes += text.find(" final : public ") != std::string::npos ? 1 : 0;
    for (std::size_t at = text.find("type() const "); at != std::string::npos;
         at = text.find("type() const ", at + 1)) {
      const std::size_t open = text.find('"', at);
      types.insert(text.substr(open + 1, text.find('"', open + 1) - open - 1));
    }
  }
  REQUIRE(static_cast<int>(types.size()) == classes);
  return types;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data().data(), b.data().data(), a.data().size_bytes()) == 0;
}

/// Between 1/4 and 5/4, where every function is defined.
Tensor values(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  Tensor tensor(shape);
  for (float& value : tensor.mutable_data()) value = random.uniform(0.25F, 1.25F);
  return tensor;
}

/// The op alone: its first input is the network's, the others are parameters.
Network network_of(const OpCase& example) {
  const Shape& first = example.inputs.front();
  std::vector<Node> nodes{{.name = "x"}};
  std::vector<ValueId> inputs{0};
  for (std::size_t i = 1; i < example.inputs.size(); ++i) {
    inputs.push_back(static_cast<ValueId>(nodes.size()));
    nodes.push_back({.name = "p" + std::to_string(i),
                     .parameter = values(example.inputs[i], i),
                     .trainable = i % 2 == 0});
  }
  const auto output = static_cast<ValueId>(nodes.size());
  nodes.push_back({.name = "y", .op = example.op, .inputs = inputs, .alias = "other name"});
  return {std::move(nodes), 0, output, Shape(first.begin() + 1, first.end())};
}

/// x -> relu -> y, as a document to damage.
json small_document() {
  return json::parse(R"({"input": 0, "input_shape": [1, 4, 4], "output": 2, "nodes": [
    {"name": "x"},
    {"name": "w", "trainable": true},
    {"name": "y", "op": "Conv", "inputs": [0, 1], "options": {"pads": [1, 1, 1, 1]}}]})");
}

StateDict small_parameters() { return {{"w", values({2, 1, 3, 3}, 1)}}; }

/// The document with the value at `pointer` replaced.
json changed(const char* pointer, const json& value) {
  json document = small_document();
  document[json::json_pointer(pointer)] = value;
  return document;
}

bool is_refused(const json& document) {
  try {
    graph_from_json(document.dump(), small_parameters());
  } catch (const Error&) {
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every op of core/ops has its row in the graph's table and its example here") {
  std::set<std::string> rows;
  for (const OpCodec& codec : op_codecs()) CHECK(rows.insert(codec.type).second);
  CHECK(rows == types_in_sources());
  std::set<std::string> examples;
  for (const OpCase& example : op_cases()) examples.emplace(example.op->type());
  CHECK(examples == rows);
}

TEST_CASE("no option of an op is left at its default in all examples") {
  std::set<std::string> all;
  std::set<std::string> varied;
  for (const OpCase& example : op_cases()) {
    const OpCodec& codec = op_codec(example.op->type());
    const json options = codec.encode(*example.op);
    const json defaults = codec.encode(*codec.decode(json::object()));
    for (const auto& [name, value] : options.items()) {
      all.insert(codec.type + "." + name);
      if (value != defaults.at(name)) varied.insert(codec.type + "." + name);
    }
  }
  CHECK(varied == all);
}

/// Numbers, or for what looks rows up the index of one.
Tensor first_input(const OpCase& example) {
  const Shape& shape = example.inputs.front();
  return example.op->type() == "Embedding" ? Tensor(shape, 2.0F) : values(shape, 0);
}

TEST_CASE("every op comes back from its document with all its options and the same bits") {
  for (const OpCase& example : op_cases()) {
    INFO(example.op->type());
    const Network network = network_of(example);
    const std::string text = graph_to_json(network);
    const Network back = graph_from_json(text, state_dict(network));
    CHECK(graph_to_json(back) == text);
    CHECK(back.find("other name") == back.output());
    const Tensor x = first_input(example);
    CHECK(same_bits(forward(back, x).output(), forward(network, x).output()));
    for (const ValueId id : network.parameters()) {
      CHECK(back.node(id).trainable == network.node(id).trainable);
    }
  }
}

TEST_CASE("numbers that JSON lacks, and the last bit of others, survive") {
  for (const float low : {-std::numeric_limits<float>::infinity(), 0.1F, -1.0F / 3.0F, 1e-45F}) {
    const auto op = std::make_shared<ops::Clip>(ops::ClipOptions{.low = low});
    const OpCodec& codec = op_codec("Clip");
    const auto back = codec.decode(json::parse(codec.encode(*op).dump()));
    CHECK(dynamic_cast<const ops::Clip&>(*back).options().low == low);
    CHECK(dynamic_cast<const ops::Clip&>(*back).options().high == op->options().high);
  }
}

TEST_CASE("a document that breaks a rule is refused") {
  REQUIRE_FALSE(is_refused(small_document()));
  const char* const op = "/nodes/2/op";
  const char* const inputs = "/nodes/2/inputs";
  const char* const pads = "/nodes/2/options/pads";
  const std::vector<json> bad = {json(),
                                 json(3),
                                 json::array(),
                                 json::object(),
                                 changed("/input", 3),
                                 changed("/input", -1),
                                 changed("/input", "x"),
                                 changed("/input", 0.5),
                                 changed("/input", 2),
                                 changed("/output", 3),
                                 changed("/output", nullptr),
                                 changed("/output", std::uint64_t{1} << 32),
                                 changed("/input_shape", "CHW"),
                                 changed("/input_shape", json::array()),
                                 changed("/input_shape", {1, -4, 4}),
                                 changed("/input_shape", {1, std::int64_t{1} << 40, 4}),
                                 changed("/input_shape", {1, 1 << 29, 1 << 29}),
                                 changed("/input_shape", {1, 1 << 20, 1 << 20}),
                                 changed("/input_shape", {2, 4, 4}),
                                 changed("/nodes", 7),
                                 changed("/nodes", json::array()),
                                 changed("/nodes/0", "x"),
                                 changed("/nodes/0/name", 5),
                                 changed("/nodes/0/name", "y"),
                                 changed("/nodes/1/name", "missing"),
                                 changed("/nodes/1/trainable", "yes"),
                                 changed(op, "NoSuchOp"),
                                 changed(op, 4),
                                 changed(op, "Relu"),
                                 changed(inputs, {0, 2}),
                                 changed(inputs, {2, 1}),
                                 changed(inputs, {0, -1}),
                                 changed(inputs, {0, 1e30}),
                                 changed(inputs, {0, "w"}),
                                 changed(inputs, json::array()),
                                 changed(inputs, {0, 1, 1, 1}),
                                 changed("/nodes/2/options", json::array()),
                                 changed("/nodes/2/options", "none"),
                                 changed("/nodes/2/options/unknown", 1),
                                 changed(pads, {1, 1, 1}),
                                 changed(pads, 1),
                                 changed(pads, {1, 1, 1, "1"}),
                                 changed(pads, {1, 1, 1, 1.5}),
                                 changed(pads, {1, 1, 1, -1}),
                                 changed(pads, {1, 1, 1, std::int64_t{1} << 62}),
                                 changed(pads, {1, 1, 1, 1e300}),
                                 changed(pads, {1, 1, 1, ~std::uint64_t{0}}),
                                 changed("/nodes/2/options/groups", 0),
                                 changed("/nodes/2/options/strides", {0, 1}),
                                 changed("/nodes/2/alias", 1)};
  for (const json& document : bad) {
    INFO(document.dump());
    CHECK(is_refused(document));
  }
}

TEST_CASE("text that is no JSON, or nested without end, is a FormatError") {
  const std::string good = small_document().dump();
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_THROWS_AS(graph_from_json(good.substr(0, length), small_parameters()), FormatError);
  }
  CHECK_THROWS_AS(graph_from_json(std::string(1 << 20, '['), {}), FormatError);
}

TEST_CASE("names that JSON cannot hold are refused, others survive") {
  const auto with_name = [](const std::string& name) {
    return Network(
        {{.name = "x"}, {.name = name, .op = std::make_shared<ops::Clip>(), .inputs = {0}}}, 0, 1,
        {1, 2, 2});
  };
  CHECK_THROWS_AS(graph_to_json(with_name("\xFF")), ArgumentError);
  for (const std::string& name :
       {std::string("été"), std::string("a\"\n\\"), std::string("\0a", 2)}) {
    CHECK(graph_from_json(graph_to_json(with_name(name)), {}).node(1).name == name);
  }
  Model model = create_model("gapnet", {.input_shape = {3, 8, 8}, .classes = 2});
  model.class_names = {"left", "\xFF"};
  const TemporaryFolder folder;
  CHECK_THROWS_AS(save_model(folder / "m.safetensors", model), ArgumentError);
  CHECK(folder.names().empty());
}

TEST_CASE("impossible options are an error, not a crash") {
  const std::vector<json> numbers = {
      0, -1, 7, std::int64_t{1} << 31, std::int64_t{1} << 62, -9, -1e9, 1e9, "inf", "nan"};
  for (const OpCase& example : op_cases()) {
    const json good = json::parse(graph_to_json(network_of(example)));
    const StateDict parameters = state_dict(network_of(example));
    const std::size_t last = good["nodes"].size() - 1;
    const json options = good["nodes"][last].value("options", json::object());
    for (const auto& [name, value] : options.items()) {
      for (const json& number : numbers) {
        json bad = good;
        json& option = bad["nodes"][last]["options"][name];
        option = value.is_array() ? json(std::vector<json>(value.size(), number)) : number;
        INFO(bad.dump());
        try {
          const Network network = graph_from_json(bad.dump(), parameters);
          forward(network, values(example.inputs.front(), 0));
        } catch (const Error&) {
          SUCCEED();
        }
      }
    }
  }
}

TEST_CASE("a network of no architecture of the zoo is saved with its graph") {
  const TemporaryFolder folder;
  const auto path = folder / "own.safetensors";
  const Network network = graph_from_json(small_document().dump(), small_parameters());
  save_model(path, {.architecture = "my own",
                    .network = network,
                    .class_names = {"left", "right"},
                    .preprocess = preprocess_preset("unit", {.height = 4, .width = 4})});
  const Model loaded = load_model(path);
  CHECK(loaded.architecture == "my own");
  CHECK(loaded.class_names == std::vector<std::string>{"left", "right"});
  CHECK(graph_to_json(loaded.network) == graph_to_json(network));
  const Tensor x = values({2, 1, 4, 4}, 5);
  CHECK(same_bits(forward(loaded.network, x).output(), forward(network, x).output()));
}
