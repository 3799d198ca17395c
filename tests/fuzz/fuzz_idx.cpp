/// IDX arrays, plain and compressed.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/datasets/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_idx({data, size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
