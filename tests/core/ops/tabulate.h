/// Filling a double tensor from its indices.
#pragma once

#include "tests/core/ops/double_reference.h"

namespace cameo::test {

/// A tensor of `shape` whose elements are f(index).
template <typename F>
DoubleTensor tabulate(const Shape& shape, F f) {
  DoubleTensor result(shape);
  Shape index(shape.size(), 0);
  for (double& value : result.values) {
    value = f(index);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

}  // namespace cameo::test
