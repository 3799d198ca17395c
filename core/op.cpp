#include "core/op.h"

#include <numeric>

namespace cameo {

Reads Op::reads(std::span<const bool> needs) const {
  Reads all{.inputs = std::vector<std::size_t>(needs.size()), .output = true};
  std::iota(all.inputs.begin(), all.inputs.end(), std::size_t{0});
  return all;
}

}  // namespace cameo
