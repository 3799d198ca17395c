/// Picture decoding. PNG checksums are made right first, so that mutations reach the decoder.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "tests/fuzz/repair.h"
#include "zoo/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cameo::zoo::Bytes bytes(data, data + size);
  if (size > 8 && bytes[0] == 0x89) cameo::fuzz::repair_png(bytes);
  try {
    cameo::zoo::decode_image(bytes, "fuzz", {.max_side = 2048, .max_pixels = 1 << 20});
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
