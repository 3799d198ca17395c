/// Options of methods as users write them, read with errors that name them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::explain {

/// Options as a user writes them, e.g. {{"layer", "layer4"}}; C++ callers may construct the
/// method's class with its own options struct instead.
using OptionValues = std::map<std::string, std::string, std::less<>>;

/// The option's text, or `otherwise` where it is not given.
std::string text_option(const OptionValues& options, std::string_view key, std::string otherwise);

/// A whole number of at least `least`. Throws ArgumentError.
std::int64_t integer_option(const OptionValues& options, std::string_view key,
                            std::int64_t otherwise, std::int64_t least = 1);

/// A finite number of at least `least`. Throws ArgumentError.
double number_option(const OptionValues& options, std::string_view key, double otherwise,
                     double least = 0.0);

/// "true" or "false". Throws ArgumentError.
bool flag_option(const OptionValues& options, std::string_view key, bool otherwise);

/// The position among `choices` of the option's text, `otherwise` where it is not given. Throws
/// LookupError with close matches.
std::size_t choice_option(const OptionValues& options, std::string_view key,
                          std::span<const std::string_view> choices, std::size_t otherwise = 0);

/// The parts of "A,B", without blanks around them. Throws ArgumentError for an empty one.
std::vector<std::string> list_option(const OptionValues& options, std::string_view key,
                                     std::string otherwise);

}  // namespace cameo::explain
