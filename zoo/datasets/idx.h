/// The IDX arrays of MNIST and its kin, plain or compressed with gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Unsigned bytes (IDX type 0x08), row-major.
struct IdxArray {
  Shape shape;
  std::vector<std::uint8_t> values;
};

/// Throws FileError, or FormatError when the array is of another type, cut short (compressed or
/// not), followed by further bytes, or larger than 2 GiB.
IdxArray read_idx(const std::filesystem::path& path);
/// The same from memory; `name` is for messages.
IdxArray decode_idx(ByteView bytes, std::string_view name);

}  // namespace cameo::zoo
