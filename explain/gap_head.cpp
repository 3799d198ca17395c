#include "explain/gap_head.h"

#include <string>

#include "core/error.h"
#include "core/ops/average_pool.h"
#include "core/ops/conv.h"
#include "core/ops/gemm.h"

namespace cameo::explain {

namespace {

bool is_point(const Shape& shape) { return shape.size() == 4 && shape[2] == 1 && shape[3] == 1; }

bool passes_values_on(std::string_view type) {
  return type == "Flatten" || type == "Reshape" || type == "Dropout";
}

bool averages_everything(const Node& node, std::span<const Shape> shapes) {
  if (node.op->type() == "GlobalAveragePool") return true;
  const auto* pool = dynamic_cast<const ops::AveragePool*>(node.op.get());
  if (!pool) return false;
  const Shape& in = shapes[static_cast<std::size_t>(node.inputs[0])];
  const ops::AveragePoolOptions& options = pool->options();
  return in.size() == 4 && options.kernel[0] == in[2] && options.kernel[1] == in[3] &&
         options.pads == std::array<std::int64_t, 4>{0, 0, 0, 0};
}

/// A Gemm, or a Conv that is one because it sees a single pixel.
bool is_linear(const Network& network, const Node& node, std::span<const Shape> shapes) {
  if (node.inputs.size() < 2 || !network.node(node.inputs[1]).is_parameter()) return false;
  if (node.op->type() == "Gemm") return true;
  const auto* conv = dynamic_cast<const ops::Conv*>(node.op.get());
  return conv && conv->options().groups == 1 &&
         is_point(shapes[static_cast<std::size_t>(node.inputs[0])]) &&
         is_point(shapes[static_cast<std::size_t>(node.inputs[1])]);
}

/// `after` is what comes between the obstacle and the scores: " -> Gemm "fc""…
[[noreturn]] void throw_other_head(const Network& network, ValueId of, const std::string& obstacle,
                                   const std::string& after) {
  throw ArgumentError("CAM needs global average pooling and at most one linear layer before \"" +
                      network.node(of).name + "\"; here the head ends in " + obstacle + after +
                      " (Grad-CAM has no such need)");
}

/// out += sign·(row `index` of the head)
void add_row(Tensor& out, const Network& network, const GapHead& head, std::int64_t index,
             float sign) {
  const auto values = out.mutable_data();
  if (!head.linear) {
    values[static_cast<std::size_t>(index)] += sign;
    return;
  }
  const Node& linear = network.node(*head.linear);
  const Tensor& weight = network.node(linear.inputs[1]).parameter;
  const auto* gemm = dynamic_cast<const ops::Gemm*>(linear.op.get());
  const bool rows_are_classes = !gemm || gemm->options().transpose_b;
  const auto classes = static_cast<std::size_t>(weight.dim(rows_are_classes ? 0 : 1));
  if (weight.data().size() != classes * values.size()) {
    throw ShapeError("CAM: \"" + linear.name + "\" has weights " + to_string(weight.shape()) +
                     " where " + std::to_string(values.size()) + " averaged channels come in");
  }
  const auto row = static_cast<std::size_t>(index);
  for (std::size_t k = 0; k < values.size(); ++k) {
    values[k] +=
        sign * weight.data()[rows_are_classes ? row * values.size() + k : k * classes + row];
  }
}

}  // namespace

GapHead find_gap_head(const Network& network, std::span<const Shape> shapes, ValueId of) {
  GapHead head;
  std::string after;
  for (ValueId id = of;;) {
    const Node& node = network.node(id);
    if (!node.op) throw_other_head(network, of, "\"" + node.name + "\"", after);
    const std::string here = std::string(node.op->type()) + " \"" + node.name + "\"";
    if (averages_everything(node, shapes)) {
      head.features = node.inputs[0];
      return head;
    }
    if (!head.linear && is_linear(network, node, shapes)) {
      head.linear = id;
    } else if (!passes_values_on(node.op->type())) {
      throw_other_head(network, of, here, after);
    }
    after.insert(0, here).insert(0, " -> ");
    id = node.inputs[0];
  }
}

Tensor channel_weights(const Network& network, std::span<const Shape> shapes, const GapHead& head,
                       const Target& target) {
  Tensor weights({shapes[static_cast<std::size_t>(head.features)].at(1)});
  add_row(weights, network, head, target.index, 1.0F);
  if (target.against) add_row(weights, network, head, *target.against, -1.0F);
  return weights;
}

}  // namespace cameo::explain
