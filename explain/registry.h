/// Every explanation method by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "explain/explainer.h"
#include "explain/option_values.h"

namespace cameo::explain {

/// In the order they are best shown.
std::vector<std::string> method_names();

/// What there is to know about a method. Throws LookupError with close matches.
const MethodInfo& method_info(std::string_view name);

/// Throws LookupError for an unknown method, option or named value, with close ones, and
/// ArgumentError for a value the option cannot take. Layer names are checked by
/// Explainer::prepare().
std::shared_ptr<const Explainer> make_method(std::string_view name,
                                             const OptionValues& options = {});

}  // namespace cameo::explain
