/// What the numbers of a map count.
#pragma once

#include <string_view>

#include "explain/option_values.h"

namespace cameo::explain {

/// "logit" where a map's values are parts of the target's logit or losses of it, "logit per unit of
/// the input" for plain gradients, "probability" where a method reads probabilities, by default or
/// because its option "output" says so; empty where values have no unit of their own (products of
/// several maps, activations, maps scaled in between).
std::string_view map_unit(std::string_view method, const OptionValues& options = {});

}  // namespace cameo::explain
