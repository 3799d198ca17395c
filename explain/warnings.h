/// What a person should know before believing a map.
#pragma once

#include "core/tensor.h"
#include "explain/explainer.h"

namespace cameo::explain {

/// Adds to `explanation.warnings` what its maps and logit show: not finite, blank, everything
/// negative.
void warn_about_map(Explanation& explanation);

/// Adds a warning when the gradient the map is made from is zero everywhere or not finite.
void warn_about_gradient(Explanation& explanation, const Tensor& gradient);

}  // namespace cameo::explain
