/// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019).
#pragma once

#include "layers/optimizer.h"

namespace cameo {

struct AdamOptions {
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-8F;
  float weight_decay = 0.0F;           ///< Adam: L2, added to the gradient
  bool decay_biases_and_norms = true;  ///< false: parameters of rank 1 are not decayed
};

/// PyTorch's form: m = beta1·m + (1-beta1)·g; v = beta2·v + (1-beta2)·g²;
/// p -= rate/(1-beta1^t) · m / (sqrt(v)/sqrt(1-beta2^t) + epsilon).
class Adam : public Optimizer {
 public:
  /// Throws ArgumentError for a beta outside [0,1), a negative decay or an epsilon not above 0.
  explicit Adam(AdamOptions options = {}) : Adam(options, false) {}
  std::string description() const override;

 protected:
  Adam(AdamOptions options, bool decoupled_decay);

 private:
  void update(const Piece& piece, float learning_rate, std::int64_t step) const override;

  AdamOptions options_;
  bool decoupled_decay_;
};

/// Adam whose decay shrinks the parameters themselves: p *= 1 - rate·decay, before the step.
class AdamW final : public Adam {
 public:
  explicit AdamW(AdamOptions options = {.weight_decay = 0.01F}) : Adam(options, true) {}
};

}  // namespace cameo
