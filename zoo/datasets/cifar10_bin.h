/// CIFAR-10's binary layout (Krizhevsky 2009).
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/datasets/memory_dataset.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Per picture one label byte, 0 … 9, and 3072 bytes of 32×32 RGB planes. Throws FileError, or
/// FormatError when the file is not a whole number of pictures or a label is above 9.
MemoryDataset read_cifar10_bin(const std::filesystem::path& path);
/// The same from memory; `name` is for messages.
MemoryDataset decode_cifar10_bin(ByteView bytes, std::string_view name);

}  // namespace cameo::zoo
