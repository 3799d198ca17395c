#include "zoo/onnx/onnx.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "zoo/onnx/channels_first.h"
#include "zoo/onnx/import.h"
#include "zoo/onnx/read_graph.h"

namespace cameo::zoo {

namespace {

/// Names in a file may hold anything; a message stays one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

Network network_from(onnx::Graph graph) {
  return onnx::import_graph(onnx::with_channels_first(std::move(graph)));
}

/// Runs `read`; what is wrong with the file becomes a FormatError that names it.
template <typename Read>
auto naming_the_file(std::string_view name, const Read& read) {
  try {
    return read();
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FormatError(name, -1, one_line(error.what()));
  }
}

}  // namespace

Network read_onnx(const std::filesystem::path& path) {
  return naming_the_file(path.string(), [&] { return network_from(onnx::read_graph(path)); });
}

Network decode_onnx(ByteView bytes, const std::filesystem::path& folder, std::string_view name) {
  return naming_the_file(name, [&] { return network_from(onnx::decode_graph(bytes, folder)); });
}

StateDict read_onnx_tensors(const std::filesystem::path& path) {
  return naming_the_file(path.string(), [&] {
    StateDict tensors;
    for (const auto& [name, constant] : onnx::read_graph(path).initializers) {
      tensors.emplace(name, constant.as_floats());
    }
    return tensors;
  });
}

}  // namespace cameo::zoo
