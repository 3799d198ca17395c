/// The XML of annotation files.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/datasets/annotations/xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::parse_xml({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
