#include "zoo/datasets/cifar10_bin.h"

#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "zoo/datasets/class_names.h"

namespace cameo::zoo {

namespace {

constexpr std::int64_t kSide = 32;
constexpr std::size_t kImageBytes = 3 * kSide * kSide;
constexpr std::size_t kRecordBytes = 1 + kImageBytes;

}  // namespace

MemoryDataset read_cifar10_bin(const std::filesystem::path& path) {
  return decode_cifar10_bin(read_file(path), path.string());
}

MemoryDataset decode_cifar10_bin(ByteView bytes, std::string_view name) {
  if (bytes.empty() || bytes.size() % kRecordBytes != 0) {
    throw FormatError(name, -1,
                      "CIFAR-10 pictures of 3073 bytes each were expected; " +
                          std::to_string(bytes.size()) + " bytes are no whole number of them");
  }
  const std::size_t count = bytes.size() / kRecordBytes;
  std::vector<std::uint8_t> pixels;
  pixels.reserve(count * kImageBytes);
  std::vector<int> labels;
  for (std::size_t start = 0; start < bytes.size(); start += kRecordBytes) {
    const ByteView record = bytes.subspan(start, kRecordBytes);
    if (record[0] >= cifar10_class_names().size()) {
      throw FormatError(name, static_cast<std::int64_t>(start),
                        "a label above 9: " + std::to_string(record[0]));
    }
    labels.push_back(record[0]);
    pixels.insert(pixels.end(), record.begin() + 1, record.end());
  }
  return {{3, kSide, kSide}, std::move(pixels), std::move(labels), cifar10_class_names()};
}

}  // namespace cameo::zoo
