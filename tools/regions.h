/// Named boxes whose share in a map is asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "explain/boxes.h"

namespace cameo::tools {

/// In pixels of the picture as the network sees it.
struct Region {
  std::string name;
  explain::Box box;
};

/// "cat=10,120,227,227": left, top, right, bottom; the right and bottom pixels are outside. Throws
/// ArgumentError.
Region parse_region(std::string_view text);

}  // namespace cameo::tools
