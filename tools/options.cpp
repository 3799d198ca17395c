#include "tools/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::vector<std::string> split_list(std::string_view option, std::string_view text) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view item = trimmed(text.substr(begin, end - begin));
    if (item.empty()) {
      throw ArgumentError(std::string(option) + ": \"" + std::string(text) +
                          "\" has an empty item; write them as A,B");
    }
    items.emplace_back(item);
    begin = end + 1;
  }
  return items;
}

std::pair<std::string, std::string> parse_key_value(std::string_view option,
                                                    std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw ArgumentError(std::string(option) + ": expected KEY=VALUE, got \"" + std::string(text) +
                        "\"");
  }
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

double parse_number(std::string_view option, std::string_view text) {
  const std::string_view digits = trimmed(text);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) {
    throw ArgumentError(std::string(option) + ": expected a number, got \"" + std::string(text) +
                        "\"");
  }
  return value;
}

std::array<float, 3> parse_triplet(std::string_view option, std::string_view text) {
  const std::vector<std::string> items = split_list(option, text);
  if (items.size() != 3) {
    throw ArgumentError(std::string(option) + ": expected three numbers r,g,b, got \"" +
                        std::string(text) + "\"");
  }
  std::array<float, 3> values{};
  for (std::size_t i = 0; i < 3; ++i)
    values[i] = static_cast<float>(parse_number(option, items[i]));
  return values;
}

void check_writable(const std::string& path) {
  if (!path.empty()) const zoo::AtomicFile probe(path);
}

}  // namespace cameo::tools
