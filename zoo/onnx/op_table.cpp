#include "zoo/onnx/op_table.h"

#include <array>

namespace cameo::zoo::onnx {

const OpRow* find_op(std::string_view domain, std::string_view type) {
  if (!domain.empty()) return nullptr;
  for (const auto family :
       {activation_ops(), arithmetic_ops(), linear_ops(), movement_ops(), normalization_ops(),
        reduction_ops(), resize_ops(), shape_ops(), window_ops()}) {
    for (const OpRow& row : family) {
      if (row.type == type) return &row;
    }
  }
  return nullptr;
}

}  // namespace cameo::zoo::onnx
