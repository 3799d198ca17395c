#include "core/ops/unary.h"

#include "core/ops/check.h"

namespace cameo::ops {

Shape unary_shape(std::string_view op, std::span<const Shape> inputs) {
  check_input_count(op, inputs, 1, 1);
  return inputs[0];
}

}  // namespace cameo::ops
