#include "core/ops/flatten.h"

#include "core/ops/check.h"

namespace cameo::ops {

Shape Flatten::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Shape& x = inputs[0];
  const auto rank = static_cast<std::int64_t>(x.size());
  if (options_.axis < -rank || options_.axis > rank) {
    throw_argument_error(type(),
                         "an axis from " + std::to_string(-rank) + " to " + std::to_string(rank),
                         std::to_string(options_.axis));
  }
  const auto middle = x.begin() + (options_.axis < 0 ? options_.axis + rank : options_.axis);
  const Shape before = checked_output(type(), {x.begin(), middle});
  const Shape after = checked_output(type(), {middle, x.end()});
  return checked_output(type(), {element_count(before), element_count(after)});
}

}  // namespace cameo::ops
