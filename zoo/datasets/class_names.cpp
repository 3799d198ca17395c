#include "zoo/datasets/class_names.h"

#include <map>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "zoo/checkpoints/utf8.h"

extern "C" {
// zoo/embedded.S
extern const char cameo_imagenet_classes_begin[];
extern const char cameo_imagenet_classes_end[];
}

namespace cameo::zoo {

const std::vector<std::string>& cifar10_class_names() {
  static const std::vector<std::string> kNames = {
      "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
  return kNames;
}

const std::vector<std::string>& fashion_mnist_class_names() {
  static const std::vector<std::string> kNames = {"T-shirt/top", "trouser",   "pullover", "dress",
                                                  "coat",        "sandal",    "shirt",    "sneaker",
                                                  "bag",         "ankle boot"};
  return kNames;
}

const std::vector<std::string>& imagenet_class_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names(1);
    for (const char* c = cameo_imagenet_classes_begin; c != cameo_imagenet_classes_end; ++c) {
      if (*c == '\n') {
        names.emplace_back();
      } else {
        names.back() += *c;
      }
    }
    names.pop_back();
    return names;
  }();
  return kNames;
}

const std::vector<std::string>& known_class_names(std::string_view data_set) {
  using Names = const std::vector<std::string>& (*)();
  static const std::map<std::string, Names, std::less<>> kSets = {
      {"cifar10", cifar10_class_names},
      {"fashion-mnist", fashion_mnist_class_names},
      {"imagenet", imagenet_class_names}};
  if (const auto found = kSets.find(data_set); found != kSets.end()) return found->second();
  std::vector<std::string> names;
  names.reserve(kSets.size());
  for (const auto& [name, set] : kSets) names.push_back(name);
  throw LookupError(unknown_name_message("set of class names", data_set, names));
}

std::vector<std::string> read_class_names(const std::filesystem::path& path) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
  return decode_class_names(read_file(path, kMostBytes), path.string());
}

std::vector<std::string> decode_class_names(ByteView bytes, std::string_view name) {
  if (!is_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) {
    throw FormatError(name, -1, "class names must be UTF-8");
  }
  std::vector<std::string> names;
  std::string line;
  for (const std::uint8_t byte : bytes) {
    if (byte == '\n') {
      names.push_back(std::exchange(line, {}));
    } else if (byte != '\r') {
      line += static_cast<char>(byte);
    }
  }
  if (!line.empty()) names.push_back(std::move(line));
  if (names.empty()) throw FormatError(name, -1, "no class names, expected one a line");
  return names;
}

}  // namespace cameo::zoo
