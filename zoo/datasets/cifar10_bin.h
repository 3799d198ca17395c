/// CIFAR-10's binary layout (Krizhevsky 2009).
#pragma once

#include <filesystem>

#include "zoo/datasets/memory_dataset.h"

namespace cameo::zoo {

/// Per picture one label byte, 0 … 9, and 3072 bytes of 32×32 RGB planes. Throws FileError, or
/// FormatError when the file is not a whole number of pictures or a label is above 9.
MemoryDataset read_cifar10_bin(const std::filesystem::path& path);

}  // namespace cameo::zoo
