#include "zoo/onnx/graph.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace cameo::zoo::onnx {

std::vector<char> needed_nodes(const Graph& graph) {
  std::set<std::string_view> wanted{graph.outputs.front()};
  std::vector<char> needed(graph.nodes.size(), 0);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph.nodes[i];
    if (std::none_of(node.outputs.begin(), node.outputs.end(),
                     [&](const std::string& name) { return wanted.count(name) > 0; })) {
      continue;
    }
    needed[i] = 1;
    wanted.insert(node.inputs.begin(), node.inputs.end());
  }
  return needed;
}

}  // namespace cameo::zoo::onnx
