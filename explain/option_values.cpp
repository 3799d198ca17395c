#include "explain/option_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/names.h"

namespace cameo::explain {

namespace {

[[noreturn]] void throw_unusable(std::string_view key, const std::string& expected,
                                 std::string_view text) {
  throw ArgumentError("option \"" + std::string(key) + "\": expected " + expected + ", got \"" +
                      std::string(text) + "\"");
}

/// The whole text as a number, or `otherwise` where there is no such option.
template <typename T>
T parse(const OptionValues& options, std::string_view key, T otherwise, T least,
        const std::string& kind) {
  const auto found = options.find(key);
  if (found == options.end()) return otherwise;
  const std::string& text = found->second;
  const std::string expected = "a " + kind + " of at least " + std::to_string(least);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw_unusable(key, expected, text);
  if (!std::isfinite(static_cast<double>(value)) || value < least) {
    throw_unusable(key, expected, text);
  }
  return value;
}

}  // namespace

std::string text_option(const OptionValues& options, std::string_view key, std::string otherwise) {
  const auto found = options.find(key);
  if (found != options.end()) return found->second;
  return otherwise;
}

std::int64_t integer_option(const OptionValues& options, std::string_view key,
                            std::int64_t otherwise, std::int64_t least) {
  return parse(options, key, otherwise, least, "whole number");
}

double number_option(const OptionValues& options, std::string_view key, double otherwise,
                     double least) {
  return parse(options, key, otherwise, least, "number");
}

bool flag_option(const OptionValues& options, std::string_view key, bool otherwise) {
  const auto found = options.find(key);
  if (found == options.end()) return otherwise;
  if (found->second != "true" && found->second != "false") {
    throw_unusable(key, "true or false", found->second);
  }
  return found->second == "true";
}

std::size_t choice_option(const OptionValues& options, std::string_view key,
                          std::span<const std::string_view> choices, std::size_t otherwise) {
  const auto found = options.find(key);
  if (found == options.end()) return otherwise;
  const auto choice = std::find(choices.begin(), choices.end(), found->second);
  if (choice == choices.end()) {
    throw LookupError(unknown_name_message(
        key, found->second, std::vector<std::string>(choices.begin(), choices.end())));
  }
  return static_cast<std::size_t>(choice - choices.begin());
}

std::vector<std::string> list_option(const OptionValues& options, std::string_view key,
                                     std::string otherwise) {
  const std::string text = text_option(options, key, std::move(otherwise));
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(" \t", begin);
    if (first == std::string::npos || first >= end) throw_unusable(key, "names as A,B", text);
    items.push_back(text.substr(first, text.find_last_not_of(" \t", end - 1) + 1 - first));
    begin = end + 1;
  }
  return items;
}

}  // namespace cameo::explain
