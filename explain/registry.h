/// Every explanation method by name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "explain/explainer.h"

namespace cameo::explain {

/// Options as a user writes them, e.g. {{"layer", "layer4"}}; C++ callers may construct the
/// method's class with its own options struct instead.
using OptionValues = std::map<std::string, std::string, std::less<>>;

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
