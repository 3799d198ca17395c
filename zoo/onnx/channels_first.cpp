#include "zoo/onnx/channels_first.h"

#include <algorithm>

namespace cameo::zoo::onnx {

namespace {

bool reads(const GraphNode& node, const std::string& value) {
  return std::find(node.inputs.begin(), node.inputs.end(), value) != node.inputs.end();
}

bool puts_channels_first(const GraphNode& node) {
  const std::vector<std::int64_t> order{0, 3, 1, 2};
  const auto perm = node.attributes.find("perm");
  if (node.op_type != "Transpose" || !node.domain.empty() || perm == node.attributes.end()) {
    return false;
  }
  const auto* axes = std::get_if<std::vector<std::int64_t>>(&perm->second);
  return axes != nullptr && *axes == order;
}

bool has_channels_last(const GraphInput& input) {
  return input.shape.size() == 4 && (input.shape[3] == 1 || input.shape[3] == 3);
}

}  // namespace

Graph with_channels_first(Graph graph) {
  if (graph.inputs.size() != 1 || !has_channels_last(graph.inputs[0])) return graph;
  GraphInput& input = graph.inputs[0];
  std::vector<GraphNode*> readers;
  for (GraphNode& node : graph.nodes) {
    if (reads(node, input.name)) readers.push_back(&node);
  }
  const bool only_transposed =
      std::all_of(readers.begin(), readers.end(),
                  [](const GraphNode* node) { return puts_channels_first(*node); }) &&
      std::find(graph.outputs.begin(), graph.outputs.end(), input.name) == graph.outputs.end();
  if (!only_transposed || readers.empty()) return graph;
  input.shape = {input.shape[0], input.shape[3], input.shape[1], input.shape[2]};
  for (GraphNode* node : readers) {
    node->op_type = "Identity";
    node->attributes.clear();
  }
  return graph;
}

}  // namespace cameo::zoo::onnx
