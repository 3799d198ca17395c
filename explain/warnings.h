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

/// Sets `explanation.residual` to `total`, what the map adds up to, less `promised`, and warns
/// where that is more than 5 % of what is promised.
void note_completeness(Explanation& explanation, double total, double promised);

/// Adds what `into` does not say already.
void add_new_warnings(std::vector<std::string>& into, const std::vector<std::string>& from);

}  // namespace cameo::explain
