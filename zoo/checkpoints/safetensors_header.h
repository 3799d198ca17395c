/// The JSON header of a safetensors file; internal to safetensors.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/checkpoints/state_dict.h"

namespace cameo::zoo {

/// Sizes and ranges as the header claims them, not yet checked against each other or the file.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> data_offsets;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  Metadata metadata;
};

/// Throws FormatError when `json` is not strict JSON of the header's form: entries with exactly
/// dtype, shape and data_offsets, unsigned integers only, no key twice.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view file);

}  // namespace cameo::zoo
