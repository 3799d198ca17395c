#include "core/ops/squeeze.h"

#include <algorithm>

#include "core/ops/axes.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Squeeze::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Axes gone = checked_axes(type(), options_.axes, inputs[0].size());
  Shape result;
  for (std::size_t axis = 0; axis < inputs[0].size(); ++axis) {
    if (std::find(gone.begin(), gone.end(), axis) == gone.end()) {
      result.push_back(inputs[0][axis]);
    } else if (inputs[0][axis] != 1) {
      throw_shape_error(type(), "extent 1 at axis " + std::to_string(axis), to_string(inputs[0]));
    }
  }
  return checked_output(type(), std::move(result));
}

}  // namespace cameo::ops
