/// Flattening to a matrix.
#pragma once

#include "core/ops/flatten.h"
#include "layers/single_op.h"

namespace cameo::layers {

/// `[N,...]` to `[N, product of the rest]`.
class Flatten final : public SingleOp {
 public:
  Flatten() : SingleOp(std::make_shared<ops::Flatten>()) {}
};

}  // namespace cameo::layers
