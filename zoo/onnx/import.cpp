#include "zoo/onnx/import.h"

#include <map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "zoo/onnx/importer.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

void check_operators(const Graph& graph) {
  std::map<std::string, std::vector<std::string>> refused;
  const std::vector<char> needed = needed_nodes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (needed[i] == 0 || find_op(node.domain, node.op_type) != nullptr) continue;
    const std::string type = node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
    const bool named = !node.name.empty() || node.outputs.empty();
    refused[type].push_back(named ? node.name : node.outputs[0]);
  }
  if (refused.empty()) return;
  constexpr std::size_t kMostNames = 3;
  std::string list;
  for (const auto& [type, names] : refused) {
    list += (list.empty() ? "" : "; ") + type + " (";
    for (std::size_t i = 0; i < std::min(kMostNames, names.size()); ++i) {
      list += (i > 0 ? ", \"" : "\"") + names[i] + "\"";
    }
    const std::size_t more = names.size() - std::min(kMostNames, names.size());
    list += more > 0 ? " and " + std::to_string(more) + " more)" : ")";
  }
  throw ArgumentError("uses operators that are not supported in operator set " +
                      std::to_string(graph.opset) + ": " + list);
}

/// The batch sizes to try, the freest first.
std::vector<BatchSizes> candidates(const Graph& graph) {
  const bool fixed =
      graph.inputs.size() == 1 && !graph.inputs[0].shape.empty() && graph.inputs[0].shape[0] != -1;
  const std::int64_t batch = fixed ? graph.inputs[0].shape[0] : 1;
  if (batch < 0 || batch > 1 << 20) {
    throw ArgumentError("its input has the impossible batch size " + std::to_string(batch));
  }
  std::vector<BatchSizes> sizes;
  if (!fixed) sizes.push_back({.sizes = {2, 3}});
  sizes.push_back({.sizes = {batch, batch + 1}, .written_for_first = true});
  sizes.push_back({.sizes = {batch, batch}});
  return sizes;
}

/// Calls use(importer) for the freest batch that the graph allows.
template <typename Use>
auto with_import(const Graph& graph, const Use& use) {
  check_operators(graph);
  const std::vector<BatchSizes> all = candidates(graph);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    try {
      Importer importer(graph, all[i]);
      importer.run();
      return use(std::move(importer));
    } catch (const Error&) {
      continue;  // a smaller promise may hold
    }
  }
  Importer importer(graph, all.back());
  importer.run();
  return use(std::move(importer));
}

}  // namespace

Network import_graph(const Graph& graph) {
  return with_import(graph, [](Importer&& importer) { return std::move(importer).network(); });
}

std::optional<Constant> known_output(const Graph& graph) {
  return with_import(graph, [](Importer&& importer) -> std::optional<Constant> {
    const Value& output = importer.output();
    if (!output.is_known()) return std::nullopt;
    return *output.known[0];
  });
}

}  // namespace cameo::zoo::onnx
