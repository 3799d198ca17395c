/// PyTorch checkpoints in all three containers, read and listed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/error.h"
#include "tests/fuzz/repair.h"
#include "zoo/checkpoints/pth.h"

namespace {

bool is_tar(const cameo::zoo::Bytes& bytes) {
  constexpr std::string_view kMagic = "ustar";
  constexpr std::size_t kMagicOffset = 257;
  return bytes.size() > kMagicOffset + kMagic.size() &&
         std::equal(kMagic.begin(), kMagic.end(), bytes.begin() + kMagicOffset);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto memory = std::make_shared<cameo::zoo::Bytes>(data, data + size);
  if (size > 0 && data[0] == 'P') {
    cameo::fuzz::repair_zip(*memory);
  } else if (is_tar(*memory)) {
    cameo::fuzz::repair_tar(*memory);
  }
  const cameo::zoo::SharedBytes bytes{*memory, memory};
  try {
    cameo::zoo::list_pth(bytes, "fuzz");
    cameo::zoo::decode_pth(bytes, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
