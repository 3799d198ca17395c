/// The gradient of a score at the pixels.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// The gradient of the score at the picture, with signs, `[C,H,W]` (Simonyan, Vedaldi & Zisserman
/// 2014, Deep Inside Convolutional Networks, section 3). The paper's picture is the channel maximum
/// of its absolute values: see display_map().
class Saliency final : public Explainer {
 public:
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;
};

}  // namespace cameo::explain
