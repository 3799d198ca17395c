/// Models of frameworks whose pictures have their channels last.
#pragma once

#include "zoo/onnx/graph.h"

namespace cameo::zoo::onnx {

/// An input [N,H,W,C] of which the graph only ever uses the transposed [N,C,H,W], as converters of
/// TensorFlow and Keras models write it, becomes that; other graphs stay as they are.
Graph with_channels_first(Graph graph);

}  // namespace cameo::zoo::onnx
