/// A graph as a network: the operators checked, the batch left free where it can be.
#pragma once

#include <optional>

#include "core/network.h"
#include "zoo/onnx/graph.h"

namespace cameo::zoo::onnx {

/// Throws ArgumentError that lists every operator that is not supported, or says which node cannot
/// be imported and why.
Network import_graph(const Graph& graph);

/// The first output where it is known without running anything, such as a Shape.
std::optional<Constant> known_output(const Graph& graph);

}  // namespace cameo::zoo::onnx
