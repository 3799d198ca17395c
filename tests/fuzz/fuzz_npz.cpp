/// Archives of NumPy arrays, read and listed.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/error.h"
#include "tests/fuzz/repair.h"
#include "zoo/checkpoints/npz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto memory = std::make_shared<cameo::zoo::Bytes>(data, data + size);
  cameo::fuzz::repair_zip(*memory);
  const cameo::zoo::SharedBytes bytes{*memory, memory};
  try {
    cameo::zoo::list_npz(bytes, "fuzz");
    cameo::zoo::decode_npz(bytes, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
