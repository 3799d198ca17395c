#include "explain/shapley_cam.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/scores.h"

namespace cameo::explain {

namespace {

using namespace std::string_view_literals;

/// Piecewise linear in all of their inputs together.
constexpr std::array kLinearOps{"Abs"sv,
                                "AdaptiveAveragePool"sv,
                                "Add"sv,
                                "AveragePool"sv,
                                "Clip"sv,
                                "Concat"sv,
                                "DepthToSpace"sv,
                                "Dropout"sv,
                                "Expand"sv,
                                "Flatten"sv,
                                "Gather"sv,
                                "GlobalAveragePool"sv,
                                "GlobalMaxPool"sv,
                                "LeakyRelu"sv,
                                "Max"sv,
                                "MaxPool"sv,
                                "Mean"sv,
                                "Min"sv,
                                "Neg"sv,
                                "Pad"sv,
                                "ReduceMax"sv,
                                "ReduceMean"sv,
                                "ReduceMin"sv,
                                "ReduceSum"sv,
                                "Relu"sv,
                                "Reshape"sv,
                                "Resize"sv,
                                "Slice"sv,
                                "SpaceToDepth"sv,
                                "Squeeze"sv,
                                "Sub"sv,
                                "Sum"sv,
                                "ThresholdedRelu"sv,
                                "Transpose"sv,
                                "Unsqueeze"sv};
/// In any one of their inputs, the others being fixed.
constexpr std::array kProductOps{
    "BatchNormalization"sv, "Conv"sv, "Gemm"sv, "MatMul"sv, "Mul"sv, "PRelu"sv};

template <std::size_t N>
bool is_one_of(std::string_view type, const std::array<std::string_view, N>& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// The gradient where the layer's values are `scale` times those of the tape.
Tensor gradient_at(const Tape& tape, const Target& target, ValueId layer, float scale) {
  const Network& network = tape.network();
  std::map<ValueId, Tensor> given;
  for (const ValueId id : values_beside(network, layer, target.of)) given[id] = tape.value(id);
  given[layer] = map(tape.value(layer), [scale](float v) { return scale * v; });
  const Tape suffix = forward_from(network, given, {.keep = {target.of}, .wrt = {layer}});
  return suffix.backward(target.of, seed_for(suffix, target)).at(layer);
}

}  // namespace

bool piecewise_linear(const Tape& tape, ValueId layer, ValueId of) {
  const Network& network = tape.network();
  const std::array<ValueId, 1> wrt{layer};
  const std::vector<ValueId> order = tape.backward_order(of, wrt);
  std::set<ValueId> after_layer(order.begin(), order.end());
  after_layer.insert(layer);
  return std::all_of(order.begin(), order.end(), [&](ValueId id) {
    const Node& node = network.node(id);
    if (is_one_of(node.op->type(), kLinearOps)) return true;
    const auto changing =
        std::count_if(node.inputs.begin(), node.inputs.end(),
                      [&](ValueId source) { return after_layer.contains(source); });
    return changing == 1 && is_one_of(node.op->type(), kProductOps);
  });
}

const MethodInfo& ShapleyCam::info() const {
  static const MethodInfo info{
      .name = "shapleycam",
      .summary = "Grad-CAM with the score's second-order term, a channel's Shapley value",
      .paper = "Cai 2025, CAMs as Shapley Value-based Explainers",
      .kind = MapKind::kLayer,
      .options = layer_method_options(),
  };
  return info;
}

void ShapleyCam::prepare(const Network& network, const Shape& picture, ValueId of,
                         Request& request) const {
  LayerMethod::prepare(network, picture, of, request);
  keep_for_scores(network, request.wrt.back(), of, request);
}

Tensor ShapleyCam::layer_gradient(const Tape& tape, const Target& target, ValueId layer) const {
  constexpr float kStep = 1.0F / 128.0F;
  Tensor gradient = LayerMethod::layer_gradient(tape, target, layer);
  if (piecewise_linear(tape, layer, target.of)) return gradient;
  const Tensor above = gradient_at(tape, target, layer, 1.0F + kStep);
  const Tensor below = gradient_at(tape, target, layer, 1.0F - kStep);
  const Tensor curvature =
      zip(above, below, [](float a, float b) { return (a - b) / (2.0F * kStep); });
  return zip(gradient, curvature, [](float g, float c) { return g - 0.5F * c; });
}

Tensor ShapleyCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return weighted_channels(spatial_mean(gradient), activations);
}

}  // namespace cameo::explain
