/// How a gradient passes a ReLU on its way back: the whole difference between saliency, deconvnet
/// and guided backpropagation (Springenberg et al. 2015, Striving for Simplicity, figure 1).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/op.h"

namespace cameo::explain {

/// The rules replace the vjp of "Relu" for one Tape::backward. Clip (ReLU6) and LeakyRelu keep
/// their own gradient: no paper says what the rules mean for them, and ops_without_rule() names
/// them.
///
/// With x the ReLU's input and R the gradient arriving at its output:
/// R where x > 0, else 0.
VjpOverrides standard();
/// R where R > 0, else 0 (Zeiler & Fergus 2014): the sign of x is not asked for.
VjpOverrides deconvnet();
/// R where x > 0 and R > 0, else 0.
VjpOverrides guided();

/// One warning per kind of rectifier among `visited` (of Tape::backward_order) that has no ReLU
/// rule: "Clip has no ReLU rule: …".
std::vector<std::string> ops_without_rule(const Network& network, std::span<const ValueId> visited);

}  // namespace cameo::explain
