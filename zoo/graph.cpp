#include "zoo/graph.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "zoo/graph_ops.h"

namespace cameo::zoo {

namespace {

using nlohmann::json;

json node_to_json(const Node& node) {
  json object{{"name", node.name}};
  if (!node.alias.empty()) object["alias"] = node.alias;
  if (node.op) {
    const OpCodec& codec = op_codec(node.op->type());
    object["op"] = codec.type;
    object["inputs"] = node.inputs;
    json options = codec.encode(*node.op);
    if (!options.empty()) object["options"] = std::move(options);
  } else if (node.is_parameter()) {
    object["trainable"] = node.trainable;
  }
  return object;
}

/// The member, or ArgumentError where it is missing or not `is_kind`.
const json& member(const json& object, const char* name, bool (json::*is_kind)() const noexcept) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (found == object.end() || !((*found).*is_kind)()) {
    throw ArgumentError(std::string("graph: \"") + name + "\" is missing or of the wrong kind");
  }
  return *found;
}

/// A whole number from 0 to `last`.
std::int64_t checked_number(const json& number, std::int64_t last) {
  if (last < 0 || !number.is_number_unsigned() ||
      number.get<std::uint64_t>() > static_cast<std::uint64_t>(last)) {
    throw ArgumentError("graph: expected a whole number up to " + std::to_string(last) + ", got " +
                        number.dump());
  }
  return number.get<std::int64_t>();
}

Node op_node(const json& object, std::string name, std::int64_t id) {
  Node node{.name = std::move(name)};
  const std::string type = member(object, "op", &json::is_string).get<std::string>();
  node.op = op_codec(type).decode(object.value("options", json::object()));
  for (const json& input : member(object, "inputs", &json::is_array)) {
    node.inputs.push_back(static_cast<ValueId>(checked_number(input, id - 1)));
  }
  return node;
}

Node parameter_node(const json& object, std::string name, const StateDict& parameters) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) {
    throw ArgumentError("graph: there is no tensor for its parameter \"" + name + "\"");
  }
  const bool trainable = member(object, "trainable", &json::is_boolean).get<bool>();
  return {.name = std::move(name), .parameter = found->second, .trainable = trainable};
}

/// The op, the parameter or the input; all but its alias.
Node value_node(const json& object, std::string name, std::int64_t id,
                const StateDict& parameters) {
  if (object.contains("op")) return op_node(object, std::move(name), id);
  if (object.contains("trainable")) return parameter_node(object, std::move(name), parameters);
  return {.name = std::move(name)};
}

Node node_from_json(const json& object, std::int64_t id, const StateDict& parameters) {
  const std::string name = member(object, "name", &json::is_string).get<std::string>();
  try {
    Node node = value_node(object, name, id, parameters);
    if (object.contains("alias")) {
      node.alias = member(object, "alias", &json::is_string).get<std::string>();
    }
    return node;
  } catch (const ArgumentError& error) {
    throw ArgumentError("layer \"" + name + "\": " + error.what());
  }
}

/// Runs shape inference for one picture, which is what checks the options of the ops.
void check_shapes(const Network& network) {
  constexpr std::int64_t kMostElements = std::int64_t{1} << 30;
  Shape picture = network.input_shape();
  picture.insert(picture.begin(), 1);
  const std::vector<Shape> shapes = network.infer_shapes(picture);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (element_count(shapes[i]) > kMostElements) {
      throw ShapeError("layer \"" + network.nodes()[i].name + "\": " + to_string(shapes[i]) +
                       " for one picture is beyond 2^30 elements");
    }
  }
}

json parsed(std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::exception& error) {
    throw FormatError("graph", -1, error.what());
  }
}

}  // namespace

std::string graph_to_json(const Network& network) {
  json nodes = json::array();
  for (const Node& node : network.nodes()) nodes.push_back(node_to_json(node));
  const json document{{"input", network.input()},
                      {"input_shape", network.input_shape()},
                      {"output", network.output()},
                      {"nodes", std::move(nodes)}};
  try {
    return document.dump();
  } catch (const json::exception&) {
    throw ArgumentError("graph: the name of a layer is not UTF-8");
  }
}

Network graph_from_json(std::string_view text, const StateDict& parameters) {
  constexpr std::int64_t kMostSide = std::int64_t{1} << 30;
  const json document = parsed(text);
  std::vector<Node> nodes;
  for (const json& object : member(document, "nodes", &json::is_array)) {
    nodes.push_back(node_from_json(object, static_cast<std::int64_t>(nodes.size()), parameters));
  }
  Shape input_shape;
  for (const json& extent : member(document, "input_shape", &json::is_array)) {
    input_shape.push_back(checked_number(extent, kMostSide));
  }
  const auto last = static_cast<std::int64_t>(nodes.size()) - 1;
  const auto input = checked_number(member(document, "input", &json::is_number), last);
  const auto output = checked_number(member(document, "output", &json::is_number), last);
  const Node& start = nodes[static_cast<std::size_t>(input)];
  if (start.op || start.is_parameter()) {
    throw ArgumentError("graph: its input \"" + start.name + "\" is an op or a parameter");
  }
  Network network(std::move(nodes), static_cast<ValueId>(input), static_cast<ValueId>(output),
                  std::move(input_shape));
  check_shapes(network);
  return network;
}

}  // namespace cameo::zoo
