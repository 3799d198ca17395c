/// Checkpoints in safetensors.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/checkpoints/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_safetensors({data, size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
