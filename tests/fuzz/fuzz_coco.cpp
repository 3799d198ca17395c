/// COCO annotations, masks included.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/datasets/annotations/coco_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kSide = 16;
  try {
    const auto annotations = cameo::zoo::decode_coco({data, size}, "pictures", "fuzz");
    for (const auto& file : annotations.files) {
      for (const auto& object : file.objects) {
        cameo::zoo::object_mask(object, kSide, kSide, "fuzz");
      }
    }
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
