#include "core/ops/reshape.h"

#include <algorithm>

#include "core/ops/check.h"

namespace cameo::ops {

Shape Reshape::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Shape input = checked_output(type(), inputs[0]);
  Shape result = options_.shape;
  if (std::any_of(result.begin(), result.end(), [](auto extent) { return extent < -1; }) ||
      std::count(result.begin(), result.end(), -1) > 1) {
    throw_argument_error(type(), "extents of 0 or more and at most one -1", to_string(result));
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] != 0) continue;
    if (i >= input.size()) {
      throw_shape_error(type(), "an input extent to copy at place " + std::to_string(i),
                        to_string(input));
    }
    result[i] = input[i];
  }
  const auto free = std::find(result.begin(), result.end(), -1);
  if (free != result.end()) {
    *free = 1;
    const std::int64_t known = element_count(checked_output(type(), result));
    if (known != 0) *free = element_count(input) / known;
  }
  if (element_count(checked_output(type(), result)) != element_count(input)) {
    throw_shape_error(type(), "an input that fits " + to_string(options_.shape), to_string(input));
  }
  return result;
}

}  // namespace cameo::ops
