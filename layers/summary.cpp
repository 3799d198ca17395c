#include "layers/summary.h"

#include <algorithm>
#include <array>

#include "core/ops/average_pool.h"
#include "core/ops/conv.h"
#include "core/ops/max_pool.h"

namespace cameo {

namespace {

/// Along one axis: pixels of the input one value sees, and input pixels between neighbours.
struct Field {
  std::int64_t size = 1;
  std::int64_t jump = 1;
  bool global = false;
};
using Fields = std::array<Field, 2>;

void widen(Field& field, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  field.size += (kernel - 1) * dilation * field.jump;
  field.jump *= stride;
}

bool loses_positions(std::string_view type) {
  return type == "GlobalAveragePool" || type == "Flatten" || type == "Reshape" || type == "Gemm";
}

void apply_windows(const Node& node, const std::vector<Shape>& shapes, Fields& fields) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (const auto* conv = dynamic_cast<const ops::Conv*>(node.op.get())) {
      const Shape& weight = shapes[static_cast<std::size_t>(node.inputs[1])];
      widen(fields[axis], weight[2 + axis], conv->options().strides[axis],
            conv->options().dilations[axis]);
    } else if (const auto* maximum = dynamic_cast<const ops::MaxPool*>(node.op.get())) {
      widen(fields[axis], maximum->options().kernel[axis], maximum->options().strides[axis],
            maximum->options().dilations[axis]);
    } else if (const auto* mean = dynamic_cast<const ops::AveragePool*>(node.op.get())) {
      widen(fields[axis], mean->options().kernel[axis], mean->options().strides[axis], 1);
    } else if (loses_positions(node.op->type())) {
      fields[axis].global = true;
    }
  }
}

/// The widest field of any input, per axis.
Fields merged(const Node& node, const std::vector<Fields>& fields) {
  Fields result;
  for (const ValueId source : node.inputs) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const Field& field = fields[static_cast<std::size_t>(source)][axis];
      result[axis].size = std::max(result[axis].size, field.size);
      result[axis].jump = std::max(result[axis].jump, field.jump);
      result[axis].global = result[axis].global || field.global;
    }
  }
  return result;
}

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
  std::vector<Fields> fields(shapes.size());
  std::vector<LayerSummary> layers;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Node& node = network.nodes()[i];
    if (!node.op) continue;
    fields[i] = merged(node, fields);
    apply_windows(node, shapes, fields[i]);
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
