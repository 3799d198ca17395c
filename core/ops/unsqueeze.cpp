#include "core/ops/unsqueeze.h"

#include <algorithm>

#include "core/ops/axes.h"
#include "core/ops/check.h"

namespace cameo::ops {

Shape Unsqueeze::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const std::size_t rank = inputs[0].size() + options_.axes.size();
  Axes added = checked_axes(type(), options_.axes, rank);
  std::sort(added.begin(), added.end());
  Shape result = inputs[0];
  for (const std::size_t axis : added) {
    result.insert(result.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  }
  return checked_output(type(), std::move(result));
}

}  // namespace cameo::ops
