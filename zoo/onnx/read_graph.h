/// Protobuf files as graphs.
#pragma once

#include <filesystem>

#include "zoo/files.h"
#include "zoo/onnx/graph.h"

namespace cameo::zoo::onnx {

/// Throws FileError, or ArgumentError or ShapeError saying what is wrong with the file.
Graph read_graph(const std::filesystem::path& path);
/// External data is read from `folder`, none when it is empty.
Graph decode_graph(ByteView bytes, const std::filesystem::path& folder);

}  // namespace cameo::zoo::onnx
