#include "explain/layers.h"

#include "core/error.h"
#include "explain/explainer.h"

namespace cameo::explain {

namespace {

/// By ValueId: does the value depend on the picture, and `of` on the value?
std::vector<char> values_between(const Network& network, ValueId of) {
  const auto nodes = network.nodes();
  std::vector<char> from_picture(nodes.size(), 0);
  std::vector<char> to_target(nodes.size(), 0);
  from_picture[static_cast<std::size_t>(network.input())] = 1;
  to_target[static_cast<std::size_t>(of)] = 1;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const ValueId source : nodes[i].inputs) {
      if (from_picture[static_cast<std::size_t>(source)]) from_picture[i] = 1;
    }
  }
  for (std::size_t i = nodes.size(); i-- > 0;) {
    if (!to_target[i]) continue;
    for (const ValueId source : nodes[i].inputs) to_target[static_cast<std::size_t>(source)] = 1;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!from_picture[i]) to_target[i] = 0;
  }
  return to_target;
}

}  // namespace

ValueId default_layer(const Network& network, std::span<const Shape> shapes, ValueId of) {
  const std::vector<char> between = values_between(network, of);
  for (ValueId id = of; id >= 0; --id) {
    const auto i = static_cast<std::size_t>(id);
    const Shape& shape = shapes[i];
    if (!between[i] || id == network.input() || shape.size() != 4) continue;
    if (shape[2] > 1 || shape[3] > 1) return id;
  }
  throw ArgumentError("no layer between the picture and \"" + network.node(of).name +
                      "\" has a height or width above 1");
}

ValueId resolve_layer(const Network& network, std::span<const Shape> shapes, ValueId of,
                      std::string_view name) {
  if (name.empty() || name == "auto") return default_layer(network, shapes, of);
  const ValueId id = network.find(name);
  const Shape& shape = shapes[static_cast<std::size_t>(id)];
  if (shape.size() != 4) {
    throw ArgumentError("layer \"" + std::string(name) + "\" has shape " + to_string(shape) +
                        "; a map needs [N,C,H,W]");
  }
  if (!values_between(network, of)[static_cast<std::size_t>(id)]) {
    throw ArgumentError("layer \"" + std::string(name) +
                        "\" is not on the way from the picture to \"" + network.node(of).name +
                        "\"");
  }
  return id;
}

ValueId resolve_layer(const Network& network, const Shape& picture, ValueId of,
                      std::string_view name) {
  return resolve_layer(network, network.infer_shapes(picture), of, name);
}

ValueId resolve_layer(const Tape& tape, ValueId of, std::string_view name) {
  return resolve_layer(tape.network(), picture_shape(tape), of, name);
}

}  // namespace cameo::explain
