/// What saliency, input x gradient, deconvnet and guided backpropagation have in common.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// Asks for the gradient at the picture.
void prepare_pixel_gradient(const Network& network, Request& request);

/// The gradient of the score at the picture under the given ReLU rules, as an Explanation named
/// `method` whose map is that gradient `[C,H,W]`, with the warnings about the gradient and about
/// rectifiers that no rule covers; warn_about_map() is left to the caller.
Explanation pixel_gradient(const Tape& tape, const Target& target, const MethodInfo& method,
                           const VjpOverrides& rules);

}  // namespace cameo::explain
