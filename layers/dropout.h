/// Dropout (Srivastava et al. 2014).
#pragma once

#include "core/ops/dropout.h"
#include "layers/single_op.h"

namespace cameo::layers {

/// Zeroes each element with probability `ratio` while training; the identity otherwise.
class Dropout final : public SingleOp {
 public:
  explicit Dropout(float ratio = 0.5F)
      : SingleOp(std::make_shared<ops::Dropout>(ops::DropoutOptions{.ratio = ratio})) {}
};

}  // namespace cameo::layers
