#include "core/network.h"

#include <algorithm>

#include "core/between_runs.h"
#include "core/error.h"
#include "core/names.h"

namespace cameo {

OwnBetweenRuns::OwnBetweenRuns() : kept_(std::make_shared<BetweenRuns>()) {}

OwnBetweenRuns& OwnBetweenRuns::operator=(const OwnBetweenRuns& other) {
  if (this != &other) kept_ = std::make_shared<BetweenRuns>();
  return *this;
}

Network::Network(std::vector<Node> nodes, ValueId input, ValueId output, Shape input_shape)
    : nodes_(std::move(nodes)),
      input_(input),
      output_(output),
      input_shape_(std::move(input_shape)) {
  const auto count = static_cast<ValueId>(nodes_.size());
  if (input < 0 || input >= count || output < 0 || output >= count) {
    throw ArgumentError("network: input or output is not one of its " + std::to_string(count) +
                        " values");
  }
  for (ValueId id = 0; id < count; ++id) {
    const Node& node = nodes_[static_cast<std::size_t>(id)];
    if (!by_name_.emplace(node.name, id).second) {
      throw ArgumentError("network: two values are named \"" + node.name + "\"");
    }
    for (const ValueId source : node.inputs) {
      if (source < 0 || source >= id) {
        throw ArgumentError("network: \"" + node.name + "\" comes before one of its inputs");
      }
    }
    if (!node.op && !node.is_parameter() && id != input) {
      throw ArgumentError("network: \"" + node.name +
                          "\" is no op, no parameter and not the input");
    }
  }
  for (ValueId id = 0; id < count; ++id) {
    const std::string& alias = nodes_[static_cast<std::size_t>(id)].alias;
    if (!alias.empty()) by_name_.emplace(alias, id);
  }
}

const Node& Network::node(ValueId id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= nodes_.size()) {
    throw ArgumentError("network: there is no value " + std::to_string(id));
  }
  return nodes_[static_cast<std::size_t>(id)];
}

ValueId Network::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  if (found != by_name_.end()) return found->second;
  const std::string prefix = std::string(name) + ".";
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (nodes_[i].op && nodes_[i].name.starts_with(prefix)) return static_cast<ValueId>(i);
  }
  std::vector<std::string> names;
  for (const Node& node : nodes_) {
    if (!node.op) continue;
    for (std::size_t dot = node.name.find('.'); dot != std::string::npos;
         dot = node.name.find('.', dot + 1)) {
      const std::string module = node.name.substr(0, dot);
      if (std::find(names.begin(), names.end(), module) == names.end()) names.push_back(module);
    }
    names.push_back(node.name);
  }
  throw LookupError(unknown_name_message("layer", name, names));
}

bool Network::contains(std::string_view name) const {
  return by_name_.find(std::string(name)) != by_name_.end();
}

std::vector<ValueId> Network::parameters(bool trainable_only) const {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].is_parameter() && (nodes_[i].trainable || !trainable_only)) {
      ids.push_back(static_cast<ValueId>(i));
    }
  }
  return ids;
}

void Network::set_parameter(ValueId id, Tensor value) {
  const Node& old = node(id);
  if (!old.is_parameter()) throw ArgumentError("network: \"" + old.name + "\" is not a parameter");
  if (value.shape() != old.parameter.shape()) {
    throw ShapeError("parameter \"" + old.name + "\" has shape " +
                     to_string(old.parameter.shape()) + ", got " + to_string(value.shape()));
  }
  between_runs_->weights.forget(id);
  nodes_[static_cast<std::size_t>(id)].parameter = std::move(value);
}

std::span<float> Network::mutable_parameter(ValueId id) {
  const Node& old = node(id);
  if (!old.is_parameter()) throw ArgumentError("network: \"" + old.name + "\" is not a parameter");
  between_runs_->weights.forget(id);
  return nodes_[static_cast<std::size_t>(id)].parameter.mutable_data();
}

std::vector<Shape> Network::infer_shapes(const Shape& input) const {
  std::vector<Shape> shapes;
  shapes.reserve(nodes_.size());
  for (std::optional<Shape>& shape : infer_shapes_from({{input_, input}})) {
    shapes.push_back(*std::move(shape));
  }
  return shapes;
}

std::vector<std::optional<Shape>> Network::infer_shapes_from(
    const std::map<ValueId, Shape>& given) const {
  std::vector<std::optional<Shape>> shapes(nodes_.size());
  std::vector<Shape> arguments;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (const auto found = given.find(static_cast<ValueId>(i)); found != given.end()) {
      shapes[i] = found->second;
    } else if (node.is_parameter()) {
      shapes[i] = node.parameter.shape();
    } else if (node.op) {
      arguments.clear();
      for (const ValueId source : node.inputs) {
        const auto& shape = shapes[static_cast<std::size_t>(source)];
        if (!shape) break;
        arguments.push_back(*shape);
      }
      if (arguments.size() < node.inputs.size()) continue;
      try {
        shapes[i] = node.op->infer_shape(arguments);
      } catch (const ShapeError& error) {
        throw ShapeError("layer \"" + node.name + "\": " + error.what());
      }
    }
  }
  return shapes;
}

}  // namespace cameo
