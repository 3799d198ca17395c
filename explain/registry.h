/// Every explanation method by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "explain/explainer.h"
#include "explain/option_values.h"
#include "explain/scores.h"

namespace cameo::explain {

/// In the order they are best shown.
std::vector<std::string> method_names();

/// What there is to know about a method. Throws LookupError with close matches.
const MethodInfo& method_info(std::string_view name);

/// Throws LookupError for an unknown method, option or named value, with close ones, and
/// ArgumentError for a value the option cannot take. Layer names are checked by
/// Explainer::prepare(). Methods that score many pictures tell `progress` how far they are.
std::shared_ptr<const Explainer> make_method(std::string_view name,
                                             const OptionValues& options = {},
                                             const ProgressFunction& progress = {});

}  // namespace cameo::explain
