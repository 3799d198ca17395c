#include "zoo/onnx/importer.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

constexpr std::int64_t kOpenSide = 224;
/// Of one value for the batch sizes of the import; more is never meant.
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;
/// Floating-point values above this are left to the network.
constexpr std::int64_t kMostEvaluated = 4096;
/// Of all evaluated values together.
constexpr std::int64_t kBudget = std::int64_t{1} << 22;

std::shared_ptr<const Constant> borrowed(const Constant& value) {
  return {std::shared_ptr<const Constant>(), &value};
}

std::string list_names(const std::vector<GraphInput>& inputs) {
  std::string names;
  for (const GraphInput& input : inputs)
    names += (names.empty() ? "\"" : ", \"") + input.name + "\"";
  return names;
}

/// The shape of one picture, without the batch.
Shape picture_shape(const GraphInput& input) {
  const std::string name = "its input \"" + input.name + "\"";
  if (!input.is_float) throw ArgumentError(name + " is no floating-point tensor");
  if (!input.has_shape || input.shape.empty()) {
    throw ArgumentError(name + " has no shape with a batch");
  }
  Shape picture(input.shape.begin() + 1, input.shape.end());
  const bool is_map = picture.size() == 3;
  for (std::size_t axis = 0; axis < picture.size(); ++axis) {
    if (picture[axis] > 0) continue;
    if (!is_map || axis == 0 || picture[axis] != -1) {
      throw ArgumentError(name +
                          " leaves extents open or empty other than batch, height and width: " +
                          to_string(input.shape));
    }
    picture[axis] = kOpenSide;
  }
  if (is_map && (picture[2] == 1 || picture[2] == 3) && std::min(picture[0], picture[1]) >= 8) {
    throw ArgumentError(
        name + " of shape " + to_string(input.shape) +
        " has its channels last and is not transposed to [N,C,H,W], which was expected");
  }
  return picture;
}

Shape with_batch(std::int64_t batch, const Shape& picture) {
  Shape shape = picture;
  shape.insert(shape.begin(), batch);
  return shape;
}

}  // namespace

Importer::Importer(const Graph& graph, BatchSizes batch) : graph_(graph), batch_(batch) {
  if (graph.inputs.size() != 1) {
    throw ArgumentError("has " + std::to_string(graph.inputs.size()) + " inputs (" +
                        list_names(graph.inputs) + "); one was expected");
  }
  picture_ = picture_shape(graph.inputs[0]);
}

void Importer::run() {
  const std::vector<char> needed = needed_nodes(graph_);
  choose_names(needed);
  add_input();
  add_initializers();
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (needed[i] != 0) import_node(i);
  }
  output_ = &value(graph_.outputs.front());
}

/// Drops what the output does not depend on: constants that were only needed for shapes.
Network Importer::network() && {
  if (output_->is_known()) {
    throw ArgumentError("its output \"" + graph_.outputs.front() +
                        "\" does not depend on the input");
  }
  const ValueId output = id_of(*output_);
  std::vector<char> reached(nodes_.size(), 0);
  reached[0] = 1;
  reached[static_cast<std::size_t>(output)] = 1;
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (reached[i] == 0) continue;
    for (const ValueId source : nodes_[i].inputs) reached[static_cast<std::size_t>(source)] = 1;
  }
  std::vector<ValueId> moved(nodes_.size(), -1);
  std::vector<Node> kept;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (reached[i] == 0) continue;
    moved[i] = static_cast<ValueId>(kept.size());
    for (ValueId& source : nodes_[i].inputs) source = moved[static_cast<std::size_t>(source)];
    kept.push_back(std::move(nodes_[i]));
  }
  return Network(std::move(kept), 0, moved[static_cast<std::size_t>(output)], picture_);
}

/// A node's own name where it is unique among nodes and no other value has it, else its output's.
void Importer::choose_names(const std::vector<char>& needed) {
  std::map<std::string_view, int> uses;
  std::map<std::string_view, std::size_t> makers;
  constexpr std::size_t kNoNode = static_cast<std::size_t>(-1);
  for (const auto& [name, constant] : graph_.initializers) makers.emplace(name, kNoNode);
  makers.emplace(graph_.inputs[0].name, kNoNode);
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    ++uses[graph_.nodes[i].name];
    for (const std::string& output : graph_.nodes[i].outputs) makers.emplace(output, i);
  }
  node_names_.resize(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const GraphNode& node = graph_.nodes[i];
    if (needed[i] == 0 || node.outputs.empty()) continue;
    const auto maker = makers.find(node.name);
    const bool own = !node.name.empty() && uses[node.name] == 1 &&
                     (maker == makers.end() || maker->second == i) && node.outputs.size() == 1;
    node_names_[i] = own ? node.name : node.outputs[0];
  }
  names_.insert(node_names_.begin(), node_names_.end());
  for (const auto& [name, maker] : makers) names_.emplace(name);
}

void Importer::add_input() {
  Value& input = values_.emplace_back();
  input.name = graph_.inputs[0].name;
  for (std::size_t s = 0; s < 2; ++s) input.shapes[s] = with_batch(batch_.sizes[s], picture_);
  static_cast<void>(element_count(input.shapes[1]));
  input.id = add_node({.name = input.name});
  by_name_[input.name] = &input;
}

void Importer::add_initializers() {
  for (const auto& [name, constant] : graph_.initializers) {
    Value& value = add_constant({borrowed(constant), borrowed(constant)});
    value.name = name;
    value.trainable = value.from_initializer = constant.is_float();
    by_name_[name] = &value;
  }
}

Value& Importer::value(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    throw ArgumentError("the value \"" + name + "\" is an output that is not supported");
  }
  return *found->second;
}

Value& Importer::add_constant(PerBatch<std::shared_ptr<const Constant>> known) {
  Value& value = values_.emplace_back();
  for (std::size_t s = 0; s < 2; ++s) value.shapes[s] = known[s]->shape();
  value.known = std::move(known);
  return value;
}

void Importer::spend(std::int64_t elements) {
  if (elements > kBudget - spent_) {
    throw ArgumentError("evaluates more than " + std::to_string(kBudget) + " constant elements");
  }
  spent_ += elements;
}

bool Importer::can_evaluate(const Values& inputs, const PerBatch<Shape>& shapes) const {
  std::int64_t most = std::max(element_count(shapes[0]), element_count(shapes[1]));
  for (const Value* input : inputs) {
    if (!input->is_known()) return false;
    most = std::max({most, input->known[0]->size(), input->known[1]->size()});
  }
  return most <= kMostEvaluated;
}

Value& Importer::add_op(const std::shared_ptr<const Op>& op, const Values& inputs) {
  PerBatch<Shape> shapes;
  for (std::size_t s = 0; s < 2; ++s) {
    std::vector<Shape> arguments;
    for (const Value* input : inputs) arguments.push_back(input->shapes[s]);
    shapes[s] = op->infer_shape(arguments);
    if (element_count(shapes[s]) > kMostElements) {
      throw ShapeError("makes a value of impossible size: " + to_string(shapes[s]));
    }
  }
  const bool from_initializer = std::any_of(
      inputs.begin(), inputs.end(), [](const Value* input) { return input->from_initializer; });
  Value& result = values_.emplace_back();
  result.shapes = shapes;
  result.from_initializer = from_initializer;
  const bool evaluated = can_evaluate(inputs, shapes);
  if (evaluated) {
    for (std::size_t s = 0; s < 2; ++s) {
      std::vector<Tensor> arguments;
      for (const Value* input : inputs) arguments.push_back(input->known[s]->floats());
      spend(element_count(shapes[s]) + kMostEvaluated / 16);
      result.known[s] = std::make_shared<const Constant>(op->forward(arguments, {}));
    }
  }
  if (!evaluated || (from_initializer && result.is_fixed())) {
    Node node{.name = {}, .op = op};
    for (Value* input : inputs) node.inputs.push_back(id_of(*input));
    result.id = add_node(std::move(node));
  }
  return result;
}

ValueId Importer::id_of(Value& value) {
  if (value.id) return *value.id;
  if (!value.is_fixed()) {
    throw ArgumentError("computes with the constant \"" + value.name +
                        "\", which depends on the batch");
  }
  if (value.is_integer()) {
    throw ArgumentError("computes with the integers \"" + value.name +
                        "\"; floating-point values were expected");
  }
  if (value.name.empty()) value.name = unused_name(current_name_ + ".constant");
  value.id = add_node(
      {.name = value.name, .parameter = value.known[0]->floats(), .trainable = value.trainable});
  return *value.id;
}

ValueId Importer::add_node(Node node) {
  nodes_.push_back(std::move(node));
  return static_cast<ValueId>(nodes_.size() - 1);
}

std::string Importer::unused_name(const std::string& base) {
  std::string name = base;
  for (int i = 2; !names_.insert(name).second; ++i) name = base + std::to_string(i);
  return name;
}

void Importer::import_node(std::size_t index) {
  const GraphNode& node = graph_.nodes[index];
  const OpRow* row = find_op(node.domain, node.op_type);
  current_name_ = node_names_[index];
  try {
    Call call(node, *this);
    if (node.inputs.size() > row->most_inputs) call.fail("has too many inputs");
    for (std::size_t i = 0; i < row->least_inputs; ++i) {
      if (!call.has(i)) call.fail("lacks its input " + std::to_string(i));
    }
    const std::size_t first_new = nodes_.size();
    const Values outputs = row->lower(call);
    call.check_all_read();
    bind_outputs(index, outputs, first_new);
  } catch (const Error& error) {
    throw ArgumentError("node \"" + current_name_ + "\" (" + node.op_type + "): " + error.what());
  }
}

void Importer::bind_outputs(std::size_t index, const Values& outputs, std::size_t first_new) {
  const GraphNode& node = graph_.nodes[index];
  for (std::size_t i = 0; i < std::min(outputs.size(), node.outputs.size()); ++i) {
    const std::string& name = node.outputs[i];
    if (name.empty()) continue;
    Value& value = *outputs[i];
    by_name_[name] = &value;
    if (value.name.empty()) value.name = name;
    if (!value.id || static_cast<std::size_t>(*value.id) < first_new) continue;
    Node& made = nodes_[static_cast<std::size_t>(*value.id)];
    if (!made.name.empty()) continue;
    made.name = i == 0 ? node_names_[index] : name;
    made.alias = name;
  }
  for (std::size_t i = first_new; i < nodes_.size(); ++i) {
    if (nodes_[i].name.empty()) {
      nodes_[i].name = unused_name(current_name_ + "." + std::string(nodes_[i].op->type()));
    }
  }
}

}  // namespace cameo::zoo::onnx
