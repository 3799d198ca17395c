#include "core/receptive_field.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "core/ops/adaptive_average_pool.h"
#include "core/ops/average_pool.h"
#include "core/ops/conv.h"
#include "core/ops/max_pool.h"

namespace cameo {

namespace {

struct Window {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad = 0;  ///< before the first element
};

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool sees_everything(std::string_view type) {
  static constexpr std::string_view kTypes[] = {"GlobalAveragePool", "GlobalMaxPool", "Flatten",
                                                "Reshape", "Gemm"};
  return is_one_of(type, kTypes);
}

bool moves_positions(std::string_view type) {
  static constexpr std::string_view kTypes[] = {
      "Resize",  "Slice",     "Pad",        "DepthToSpace", "SpaceToDepth",
      "Squeeze", "Expand",    "Gather",     "Transpose",    "Unsqueeze",
      "MatMul",  "ReduceMax", "ReduceMean", "ReduceMin",    "ReduceSum"};
  return is_one_of(type, kTypes);
}

/// Bins that do not overlap are windows; others have no even step.
std::optional<Window> bins_of(std::int64_t extent, std::int64_t bins) {
  if (bins < 1 || extent % bins != 0) return std::nullopt;
  return Window{.kernel = extent / bins, .stride = extent / bins};
}

/// Nothing where the op is no window.
std::optional<Window> window_of(const Node& node, std::span<const Shape> shapes, std::size_t axis) {
  const auto shape_of_input = [&](std::size_t i) -> const Shape& {
    return shapes[static_cast<std::size_t>(node.inputs[i])];
  };
  if (const auto* conv = dynamic_cast<const ops::Conv*>(node.op.get())) {
    const ops::ConvOptions& options = conv->options();
    return Window{.kernel = shape_of_input(1)[2 + axis],
                  .stride = options.strides[axis],
                  .dilation = options.dilations[axis],
                  .pad = options.pads[axis]};
  }
  if (const auto* maximum = dynamic_cast<const ops::MaxPool*>(node.op.get())) {
    const ops::MaxPoolOptions& options = maximum->options();
    return Window{.kernel = options.kernel[axis],
                  .stride = options.strides[axis],
                  .dilation = options.dilations[axis],
                  .pad = options.pads[axis]};
  }
  if (const auto* mean = dynamic_cast<const ops::AveragePool*>(node.op.get())) {
    const ops::AveragePoolOptions& options = mean->options();
    return Window{
        .kernel = options.kernel[axis], .stride = options.strides[axis], .pad = options.pads[axis]};
  }
  if (const auto* bins = dynamic_cast<const ops::AdaptiveAveragePool*>(node.op.get())) {
    return bins_of(shape_of_input(0)[2 + axis], bins->options().output[axis]);
  }
  return std::nullopt;
}

void widen(ReceptiveField& field, const Window& window) {
  const std::int64_t reach = (window.kernel - 1) * window.dilation;
  field.first += (static_cast<double>(reach) / 2.0 - static_cast<double>(window.pad)) * field.jump;
  field.size += static_cast<std::int64_t>(static_cast<double>(reach) * field.jump);
  field.jump *= static_cast<double>(window.stride);
}

/// Of several inputs the widest field, which is out of place where the centres differ.
ReceptiveField merged(const Network& network, const Node& node,
                      std::span<const ReceptiveFields> fields, std::size_t axis) {
  constexpr double kSame = 1e-6;
  std::optional<ReceptiveField> result;
  for (const ValueId source : node.inputs) {
    if (network.node(source).is_parameter()) continue;
    const ReceptiveField& field = fields[static_cast<std::size_t>(source)][axis];
    if (!result) {
      result = field;
      continue;
    }
    const bool same = std::abs(result->first - field.first) < kSame &&
                      std::abs(result->jump - field.jump) < kSame;
    const bool placed = result->placed && field.placed && same;
    const bool global = result->global || field.global;
    if (field.size > result->size) result = field;
    result->placed = placed;
    result->global = global;
  }
  return result.value_or(ReceptiveField{});
}

}  // namespace

std::vector<ReceptiveFields> receptive_fields(const Network& network,
                                              std::span<const Shape> shapes) {
  std::vector<ReceptiveFields> fields(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Node& node = network.nodes()[i];
    if (!node.op) continue;
    const std::string_view type = node.op->type();
    for (std::size_t axis = 0; axis < 2; ++axis) {
      ReceptiveField& field = fields[i][axis];
      field = merged(network, node, fields, axis);
      if (const auto window = window_of(node, shapes, axis)) {
        widen(field, *window);
      } else if (type == "AdaptiveAveragePool" || moves_positions(type)) {
        field.placed = false;
      }
      field.global = field.global || sees_everything(type);
    }
  }
  return fields;
}

}  // namespace cameo
