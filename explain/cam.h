/// Class activation mapping.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// Sum over k of W_{c,k}·A_k at the feature maps A that are globally averaged, `[H,W]` (Zhou et al.
/// 2016, Learning Deep Features for Discriminative Localization, equation 2). No ReLU and no bias:
/// mean(map) + bias = logit. Needs a GapHead; others end in ArgumentError.
class Cam final : public Explainer {
 public:
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;
};

}  // namespace cameo::explain
