#include "zoo/datasets/fashion_mnist.h"

#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "zoo/datasets/class_names.h"
#include "zoo/datasets/idx.h"

namespace cameo::zoo {

namespace {

constexpr std::int64_t kSide = 28;

constexpr std::string_view kImages = "-images-idx3-ubyte";
constexpr std::string_view kLabels = "-labels-idx1-ubyte";

std::optional<std::filesystem::path> existing(const std::filesystem::path& folder,
                                              const std::string& name) {
  for (const std::string& candidate : {name + ".gz", name}) {
    std::filesystem::path path = folder / candidate;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

std::filesystem::path find_file(const std::filesystem::path& folder, const std::string& name) {
  if (const auto path = existing(folder, name)) return *path;
  throw FileError((folder / (name + ".gz")).string() +
                  ": not found; install Fashion-MNIST (Debian: apt install dataset-fashion-mnist) "
                  "or name the folder that holds it");
}

MemoryDataset read_layout(std::string_view split, const std::filesystem::path& folder,
                          const std::vector<std::string>& names) {
  const std::vector<std::string> splits = {"train", "test"};
  if (split != "train" && split != "test") {
    throw LookupError(unknown_name_message("split of " + folder.string(), split, splits));
  }
  const std::string prefix = split == "train" ? "train" : "t10k";
  const std::filesystem::path image_file = find_file(folder, prefix + std::string(kImages));
  const std::filesystem::path label_file = find_file(folder, prefix + std::string(kLabels));
  IdxArray images = read_idx(image_file);
  const IdxArray labels = read_idx(label_file);
  if (images.shape.size() != 3 || images.shape[0] == 0 || images.shape[1] != kSide ||
      images.shape[2] != kSide) {
    throw FormatError(image_file.string(), -1,
                      "pictures [N,28,28] were expected, not " + to_string(images.shape));
  }
  if (labels.shape != Shape{images.shape[0]}) {
    throw FormatError(
        label_file.string(), -1,
        std::to_string(images.shape[0]) + " labels were expected, not " + to_string(labels.shape));
  }
  for (const std::uint8_t label : labels.values) {
    if (label >= names.size()) {
      throw FormatError(label_file.string(), -1, "a label above 9: " + std::to_string(label));
    }
  }
  return {{1, kSide, kSide},
          std::move(images.values),
          {labels.values.begin(), labels.values.end()},
          names};
}

}  // namespace

MemoryDataset read_fashion_mnist(std::string_view split, const std::filesystem::path& folder) {
  return read_layout(split, folder, fashion_mnist_class_names());
}

MemoryDataset read_mnist(std::string_view split, const std::filesystem::path& folder) {
  constexpr int kDigits = 10;
  std::vector<std::string> digits;
  digits.reserve(kDigits);
  for (int digit = 0; digit < kDigits; ++digit) digits.push_back(std::to_string(digit));
  return read_layout(split, folder, digits);
}

bool is_mnist_folder(const std::filesystem::path& folder) {
  return existing(folder, "train" + std::string(kImages)) ||
         existing(folder, "t10k" + std::string(kImages));
}

}  // namespace cameo::zoo
