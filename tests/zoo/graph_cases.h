/// Examples of every op, no option of which is at its default in all of them.
#pragma once

#include <memory>
#include <vector>

#include "core/op.h"

namespace cameo::zoo {

struct OpCase {
  std::shared_ptr<const Op> op;
  std::vector<Shape> inputs;
};

std::vector<OpCase> op_cases();

}  // namespace cameo::zoo
