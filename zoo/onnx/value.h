/// The values of a graph while it becomes a network.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/network.h"
#include "zoo/onnx/constant.h"

namespace cameo::zoo::onnx {

/// A graph is imported for two batch sizes at once; what differs between them depends on the batch.
template <typename T>
using PerBatch = std::array<T, 2>;

/// One value of an ONNX graph: known, made by a node of the network, or both.
struct Value {
  std::string name;  ///< empty until the graph or the network names it
  PerBatch<Shape> shapes;
  PerBatch<std::shared_ptr<const Constant>> known{};  ///< null unless known
  std::optional<ValueId> id{};                        ///< once the network has it
  bool from_initializer = false;  ///< computed from weights, whose names are to be kept
  bool trainable = false;

  bool is_known() const { return known[0] != nullptr; }
  /// Known, and the same for every batch.
  bool is_fixed() const {
    return is_known() && (known[0] == known[1] || same_values(*known[0], *known[1]));
  }
  bool is_integer() const { return is_known() && !known[0]->is_float(); }
  std::size_t rank() const { return shapes[0].size(); }
};

using Values = std::vector<Value*>;

}  // namespace cameo::zoo::onnx
