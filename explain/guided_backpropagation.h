/// Guided backpropagation.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// The gradient with guided()'s ReLU rule, `[C,H,W]` (Springenberg, Dosovitskiy, Brox & Riedmiller
/// 2015, Striving for Simplicity, section 3.4). Sharp, but largely blind to the class and to the
/// higher layers' weights (Adebayo et al. 2018).
class GuidedBackpropagation final : public Explainer {
 public:
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;
};

}  // namespace cameo::explain
