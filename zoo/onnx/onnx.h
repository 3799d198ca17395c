/// ONNX models (onnx.ai), operator sets 1 to 17. docs/onnx.md lists the operators.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/network.h"
#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Reads a model of one floating-point input and takes its first output. The network computes in
/// float32, whatever the file's floating-point types are.
///
/// Nodes are named as in the file where those names are unique and not empty, by the value they
/// make otherwise; Network::find() takes both. Parameters are named after initializers. Dropout and
/// Identity vanish. The batch is free where the graph allows it, also when the file says 1; an open
/// height or width is taken as 224. An input [N,H,W,C] that is only used transposed to [N,C,H,W] is
/// taken as [N,C,H,W].
///
/// Throws FileError, or FormatError naming the node: for a damaged file, external data outside the
/// model's folder, several inputs, and operators that are not supported (all of them at once).
Network read_onnx(const std::filesystem::path& path);

/// The same from memory. `folder` holds external data, none is read when it is empty; `name` is for
/// messages.
Network decode_onnx(ByteView bytes, const std::filesystem::path& folder, std::string_view name);

/// The initializers alone, by name, integers as float32. Throws as read_onnx() does.
StateDict read_onnx_tensors(const std::filesystem::path& path);

}  // namespace cameo::zoo
