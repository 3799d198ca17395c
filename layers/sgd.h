/// Stochastic gradient descent.
#pragma once

#include "layers/optimizer.h"

namespace cameo {

struct SgdOptions {
  float momentum = 0.9F;
  bool nesterov = false;
  float weight_decay = 0.0F;           ///< L2: added to the gradient
  bool decay_biases_and_norms = true;  ///< false: parameters of rank 1 are not decayed
};

/// PyTorch's form: g += decay·p; b = momentum·b + g; p -= rate·b, or with Nesterov
/// p -= rate·(g + momentum·b).
class Sgd final : public Optimizer {
 public:
  /// Throws ArgumentError for a momentum outside [0,1), a negative decay or Nesterov without
  /// momentum.
  explicit Sgd(SgdOptions options = {});
  std::string description() const override;

 private:
  void update(const Piece& piece, float learning_rate, std::int64_t step) const override;

  SgdOptions options_;
};

}  // namespace cameo
