#include "tools/regions.h"

#include <cmath>

#include "core/error.h"
#include "tools/options.h"

namespace cameo::tools {

Region parse_region(std::string_view text) {
  constexpr double kMost = 1 << 20;
  const auto [name, numbers] = parse_key_value("--region", text);
  const std::vector<std::string> sides = split_list("--region", numbers);
  std::vector<std::int64_t> values;
  for (const std::string& side : sides) {
    const double value = parse_number("--region", side);
    if (value != std::floor(value) || value < 0.0 || value > kMost) break;
    values.push_back(static_cast<std::int64_t>(value));
  }
  if (sides.size() != 4 || values.size() != 4 || values[2] <= values[0] || values[3] <= values[1]) {
    throw ArgumentError("--region: expected NAME=LEFT,TOP,RIGHT,BOTTOM in whole pixels, got \"" +
                        std::string(text) + "\"");
  }
  return {name, {.left = values[0], .top = values[1], .right = values[2], .bottom = values[3]}};
}

}  // namespace cameo::tools
