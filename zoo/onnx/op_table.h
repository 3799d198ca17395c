/// The ONNX operators that Cameo reads.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "zoo/onnx/call.h"

namespace cameo::zoo::onnx {

/// Turns one node into nodes of the network, or into known values; returns its outputs, at least
/// the first.
using Lowering = Values (*)(Call&);

struct OpRow {
  std::string_view type;
  std::size_t least_inputs, most_inputs;
  Lowering lower;
};

/// Any number of inputs.
inline constexpr std::size_t kAnyInputs = static_cast<std::size_t>(-1);

/// Every row, in no particular order.
std::vector<OpRow> all_ops();
/// Null for an operator that is not supported.
const OpRow* find_op(std::string_view domain, std::string_view type);

// One part of the table per family, zoo/onnx/ops/<family>.cpp.
std::span<const OpRow> activation_ops();
std::span<const OpRow> arithmetic_ops();
std::span<const OpRow> linear_ops();
std::span<const OpRow> movement_ops();
std::span<const OpRow> normalization_ops();
std::span<const OpRow> reduction_ops();
std::span<const OpRow> resize_ops();
std::span<const OpRow> shape_ops();
std::span<const OpRow> window_ops();

}  // namespace cameo::zoo::onnx
