/// Class names of well-known data sets, in index order.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/files.h"

namespace cameo::zoo {

const std::vector<std::string>& cifar10_class_names();
const std::vector<std::string>& fashion_mnist_class_names();
/// The 1000 of ImageNet's classification challenge, by the short names torchvision gives them.
/// Some occur twice ("crane").
const std::vector<std::string>& imagenet_class_names();

/// By the name of the data set: "cifar10", "fashion-mnist" or "imagenet". Throws LookupError.
const std::vector<std::string>& known_class_names(std::string_view data_set);

/// A name a line, in UTF-8; of at most 16 MiB. Throws FileError, or FormatError when there is none
/// or the text is not UTF-8.
std::vector<std::string> read_class_names(const std::filesystem::path& path);
/// The same from memory; `name` is for messages.
std::vector<std::string> decode_class_names(ByteView bytes, std::string_view name);

}  // namespace cameo::zoo
