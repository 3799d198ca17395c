/// Models that carry architecture, class names and preprocessing.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_model({data, size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
