/// ONNX models, from parsing to the network.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/onnx/onnx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_onnx({data, size}, {}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
