#include "layers/summary.h"

#include <algorithm>

#include "core/receptive_field.h"

namespace cameo {

namespace {

std::int64_t layer_multiply_adds(const Node& node, const std::vector<Shape>& shapes,
                                 const Shape& output) {
  const std::string_view type = node.op->type();
  if (type != "Conv" && type != "Gemm") return 0;
  const std::int64_t weights = element_count(shapes[static_cast<std::size_t>(node.inputs[1])]);
  if (type == "Gemm") return weights * output[0];
  return weights * output[0] * output[2] * output[3];
}

}  // namespace

std::vector<LayerSummary> summarize(const Network& network, const Shape& input) {
  const std::vector<Shape> shapes = network.infer_shapes(input);
  const std::vector<ReceptiveFields> fields = receptive_fields(network, shapes);
  std::vector<LayerSummary> layers;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Node& node = network.nodes()[i];
    if (!node.op) continue;
    LayerSummary layer{.name = node.name,
                       .type = std::string(node.op->type()),
                       .output_shape = shapes[i],
                       .multiply_adds = layer_multiply_adds(node, shapes, shapes[i])};
    for (const ValueId source : node.inputs) {
      const Node& parameter = network.node(source);
      if (parameter.is_parameter() && parameter.trainable) {
        layer.parameters += parameter.parameter.size();
      }
    }
    const bool global = fields[i][0].global || fields[i][1].global;
    layer.receptive_field = global ? 0 : std::max(fields[i][0].size, fields[i][1].size);
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::int64_t parameter_count(const Network& network) {
  std::int64_t count = 0;
  for (const ValueId id : network.parameters(true)) count += network.node(id).parameter.size();
  return count;
}

std::int64_t multiply_adds(const Network& network, const Shape& input) {
  std::int64_t total = 0;
  for (const LayerSummary& layer : summarize(network, input)) total += layer.multiply_adds;
  return total;
}

}  // namespace cameo
