/// The deconvnet rule from a class score down to the pixels.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// The gradient with deconvnet()'s ReLU rule, `[C,H,W]` (Zeiler & Fergus 2014, Visualizing and
/// Understanding Convolutional Networks). Max pooling goes back through its own switches; there is
/// no ReLU after the last step.
class Deconvnet final : public Explainer {
 public:
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;
};

}  // namespace cameo::explain
