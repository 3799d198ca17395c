/// The picture times its gradient.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// The gradient times the picture as the network got it (preprocessed), with signs, `[C,H,W]`
/// (Shrikumar et al. 2016, Not Just a Black Box).
class InputXGradient final : public Explainer {
 public:
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;
};

}  // namespace cameo::explain
