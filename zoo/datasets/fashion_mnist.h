/// Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60000 + 10000 grey pictures of clothes, 28×28.
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/datasets/memory_dataset.h"

namespace cameo::zoo {

/// Where Debian's package dataset-fashion-mnist puts the files.
inline constexpr std::string_view kFashionMnistFolder = "/usr/share/datasets/fashion-mnist";

/// `split` is "train" or "test"; `folder` holds {train,t10k}-{images-idx3,labels-idx1}-ubyte with
/// or without ".gz". Pictures are `[1,28,28]`. Throws LookupError for another split, FileError
/// saying which package to install when the files are missing, FormatError when they are damaged.
MemoryDataset read_fashion_mnist(std::string_view split,
                                 const std::filesystem::path& folder = kFashionMnistFolder);

/// The same files of MNIST itself (LeCun, Cortes & Burges 1998) or of anything else in its layout;
/// the classes are called "0" to "9".
MemoryDataset read_mnist(std::string_view split, const std::filesystem::path& folder);
/// Whether `folder` holds pictures in that layout.
bool is_mnist_folder(const std::filesystem::path& folder);

}  // namespace cameo::zoo
