/// Graphs as networks, node by node.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/network.h"
#include "zoo/onnx/graph.h"
#include "zoo/onnx/value.h"

namespace cameo::zoo::onnx {

/// The batch sizes to import for.
struct BatchSizes {
  PerBatch<std::int64_t> sizes{2, 3};
  /// The graph was written for the first size: a Reshape that names it means the batch.
  bool written_for_first = false;
};

/// Imports a graph once. The graph must outlive it. Not for several threads.
class Importer {
 public:
  /// Throws ArgumentError when the graph has not exactly one floating-point input.
  Importer(const Graph& graph, BatchSizes batch);

  /// Lowers every node that the first output depends on. Throws errors that name
  /// the node.
  void run();
  const Value& output() const { return *output_; }
  /// Throws ArgumentError when the output does not depend on the input.
  Network network() &&;

  // For Call.
  std::int64_t opset() const { return graph_.opset; }
  const BatchSizes& batch() const { return batch_; }
  Value& value(const std::string& name) const;
  Value& add_constant(PerBatch<std::shared_ptr<const Constant>> known);
  /// The value of `op`: evaluated when all inputs are known and small, a node otherwise.
  Value& add_op(const std::shared_ptr<const Op>& op, const Values& inputs);
  /// Counts `elements` against what may be evaluated; throws ArgumentError when that is too much.
  void spend(std::int64_t elements);

 private:
  void add_input();
  void add_initializers();
  void choose_names(const std::vector<char>& needed);
  void import_node(std::size_t index);
  void bind_outputs(std::size_t index, const Values& outputs, std::size_t first_new);
  std::string unused_name(const std::string& base);
  bool can_evaluate(const Values& inputs, const PerBatch<Shape>& shapes) const;
  ValueId id_of(Value& value);
  ValueId add_node(Node node);

  const Graph& graph_;
  BatchSizes batch_;
  std::deque<Value> values_;
  std::map<std::string, Value*, std::less<>> by_name_;
  std::set<std::string> names_;          ///< of the network's nodes, now and to come
  std::vector<std::string> node_names_;  ///< by index into graph_.nodes
  std::string current_name_;             ///< of the node being imported
  std::vector<Node> nodes_;
  Shape picture_;
  Value* output_ = nullptr;
  std::int64_t spent_ = 0;
};

}  // namespace cameo::zoo::onnx
