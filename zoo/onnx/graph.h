/// An ONNX graph, read and checked, free of protobuf.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "zoo/onnx/constant.h"

namespace cameo::zoo::onnx {

/// Graphs and sparse tensors, which no supported operator has.
struct OtherAttribute {};

using Attribute =
    std::variant<OtherAttribute, std::int64_t, float, std::string, Constant,
                 std::vector<std::int64_t>, std::vector<float>, std::vector<std::string>>;

struct GraphNode {
  std::string name;  ///< may be empty or repeated
  std::string op_type;
  std::string domain;                ///< empty for ONNX's own operators
  std::vector<std::string> inputs;   ///< empty: an optional input that is left out
  std::vector<std::string> outputs;  ///< likewise
  std::map<std::string, Attribute, std::less<>> attributes;
};

struct GraphInput {
  std::string name;
  bool is_float = false;  ///< one of the floating-point types
  bool has_shape = false;
  Shape shape;  ///< -1 where open
};

/// Every value has one maker: an input, an initializer or a node; nodes come after the makers of
/// their inputs.
struct Graph {
  std::int64_t opset = 0;
  std::map<std::string, Constant, std::less<>> initializers;
  std::vector<GraphInput> inputs;  ///< initializers not counted
  std::vector<GraphNode> nodes;
  std::vector<std::string> outputs;
};

/// By index into Graph::nodes: does the first output depend on it?
std::vector<char> needed_nodes(const Graph& graph);

}  // namespace cameo::zoo::onnx
