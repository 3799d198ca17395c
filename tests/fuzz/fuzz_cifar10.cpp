/// CIFAR-10's binary layout.
#include <cstddef>
#include <cstdint>

#include "core/error.h"
#include "zoo/datasets/cifar10_bin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    cameo::zoo::decode_cifar10_bin({data, size}, "fuzz");
  } catch (const cameo::FormatError&) {
  }
  return 0;
}
