// The stream that torch 0.1.10 to 1.5 wrote, and later versions on request: pickles of a magic
// number, a version, facts about the machine, the saved object and the storages' keys, and then for
// each key the number of its elements and the elements.
#include <algorithm>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/byte_cursor.h"
#include "zoo/checkpoints/torch_file.h"

namespace cameo::zoo {

namespace {

constexpr std::int64_t kStreamVersion = 1001;
constexpr std::string_view kMagic = "\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.";

void check_head(ByteCursor& in) {
  const PickleDocument magic = in.pickle();
  if (magic.root_value().kind != PickleKind::kMagic) in.fail("PyTorch's magic number is not here");
  const PickleDocument version = in.pickle();
  if (version.root_value().kind != PickleKind::kInt ||
      version.root_value().integer != kStreamVersion) {
    in.fail("a stream of version 1001 was expected");
  }
  const PickleDocument machine = in.pickle();  // elements are little-endian whatever it says
  if (machine.root_value().kind != PickleKind::kDict) in.fail("the system's facts must be a dict");
}

void find_storages(ByteCursor& in, TorchFile& file) {
  const PickleDocument keys = in.pickle();
  if (keys.root_value().kind != PickleKind::kList) in.fail("the storages' keys must be a list");
  for (const PickleId id : keys.root_value().items) {
    const PickleValue& key = keys.at(id);
    const auto found = file.storages.find(key.text);
    if (key.kind != PickleKind::kString || found == file.storages.end()) {
      in.fail("a storage that no tensor mentions");
    }
    TorchStorage& storage = found->second;
    if (storage.load) in.fail("storage \"" + found->first + "\" appears twice");
    const std::uint64_t count = in.number(8);
    if (count != storage.count) {
      in.fail("storage \"" + found->first + "\" has " + std::to_string(count) +
              " elements, tensors mention " + std::to_string(storage.count));
    }
    SharedBytes elements = in.elements(count, storage.element_bytes());
    storage.load = [elements = std::move(elements)] { return elements; };
  }
  for (const auto& [key, storage] : file.storages) {
    if (!storage.load) in.fail("storage \"" + key + "\" is missing");
  }
}

}  // namespace

bool is_torch_stream(ByteView start) {
  constexpr std::size_t kProtocolBytes = 2;
  constexpr std::size_t kFrameBytes = 9;  // from protocol 4 on
  if (start.empty() || start[0] != 0x80) return false;
  const auto is_at = [&](std::size_t offset) {
    return start.size() >= offset + kMagic.size() &&
           std::equal(kMagic.begin(), kMagic.end(), start.begin() + static_cast<long>(offset),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
  };
  return is_at(kProtocolBytes) || is_at(kProtocolBytes + kFrameBytes);
}

TorchFile open_torch_stream(const SharedBytes& bytes, std::string_view name) {
  TorchFile file{.name = std::string(name), .file_bytes = bytes.bytes.size(), .pickle = bytes};
  ByteCursor in(bytes, 0, "torch stream", name);
  check_head(in);
  file.document = in.pickle();
  file.storages = mentioned_storages(file.document, name);
  find_storages(in, file);
  if (!in.at_end()) in.fail("bytes after the last storage");
  return file;
}

}  // namespace cameo::zoo
