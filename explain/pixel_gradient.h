/// What saliency, input x gradient, deconvnet and guided backpropagation have in common.
#pragma once

#include <span>

#include "explain/explainer.h"

namespace cameo::explain {

/// Asks for the gradient at the picture.
void prepare_pixel_gradient(const Network& network, Request& request);

/// The gradient of the score at the picture under the given ReLU rules, as an Explanation named
/// `method` whose map is that gradient `[C,H,W]`, with the warnings about the gradient and about
/// rectifiers that no rule covers; warn_about_map() is left to the caller.
Explanation pixel_gradient(const Tape& tape, const Target& target, const MethodInfo& method,
                           const VjpOverrides& rules);

/// `values`, C·H·W of them that should add up to the target's score less `start_score`, as an
/// Explanation named `method` with its residual and all warnings, a residual of more than 5 % of
/// the difference among them.
Explanation pixel_contributions(const Tape& tape, const Target& target, const MethodInfo& method,
                                std::span<const double> values, double start_score);

}  // namespace cameo::explain
