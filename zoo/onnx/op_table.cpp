#include "zoo/onnx/op_table.h"

#include <array>

namespace cameo::zoo::onnx {

namespace {

std::array<std::span<const OpRow>, 9> families() {
  return {activation_ops(), arithmetic_ops(), linear_ops(), movement_ops(), normalization_ops(),
          reduction_ops(),  resize_ops(),     shape_ops(),  window_ops()};
}

}  // namespace

std::vector<OpRow> all_ops() {
  std::vector<OpRow> rows;
  for (const auto family : families()) rows.insert(rows.end(), family.begin(), family.end());
  return rows;
}

const OpRow* find_op(std::string_view domain, std::string_view type) {
  if (!domain.empty()) return nullptr;
  for (const auto family : families()) {
    for (const OpRow& row : family) {
      if (row.type == type) return &row;
    }
  }
  return nullptr;
}

}  // namespace cameo::zoo::onnx
