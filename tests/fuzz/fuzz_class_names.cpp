/// Lists of class names.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/datasets/class_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_class_names({data, size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
