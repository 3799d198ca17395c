#include <algorithm>
#include <memory>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/torch_file.h"
#include "zoo/checkpoints/zip.h"

namespace cameo::zoo {

namespace {

constexpr std::uint64_t kMaxPickleBytes = std::uint64_t{1} << 30;

[[noreturn]] void fail(std::string_view name, const std::string& what) {
  throw FormatError(name, -1, "torch zip: " + what);
}

/// What every member's name begins with, "archive/"; nobody promises that it is the file's name.
std::string find_folder(const ZipArchive& archive, std::string_view name) {
  if (archive.entries().empty()) fail(name, "the archive is empty");
  const std::string& first = archive.entries().front().name;
  std::string folder = first.substr(0, first.find('/') + 1);
  const bool is_script =
      archive.find(folder + "constants.pkl") != nullptr ||
      std::any_of(archive.entries().begin(), archive.entries().end(),
                  [&](const ZipEntry& entry) { return entry.name.starts_with(folder + "code/"); });
  if (is_script) {
    fail(name,
         "a TorchScript archive, which holds code; save the weights with "
         "torch.save(model.state_dict(), ...)");
  }
  if (archive.find(folder + "data.pkl") == nullptr) {
    fail(name, "a zip archive without data.pkl is no PyTorch checkpoint");
  }
  return folder;
}

ByteOrder read_byte_order(ZipArchive& archive, const std::string& folder, std::string_view name) {
  const ZipEntry* const entry = archive.find(folder + "byteorder");
  if (entry == nullptr) return ByteOrder::kLittle;
  const SharedBytes data = archive.read_start(*entry, 8);
  const std::string text(data.bytes.begin(), data.bytes.end());
  if (text != "little" && text != "big") fail(name, "byteorder is neither \"little\" nor \"big\"");
  return text == "big" ? ByteOrder::kBig : ByteOrder::kLittle;
}

void find_records(const std::shared_ptr<ZipArchive>& archive, const std::string& folder,
                  TorchFile& file) {
  for (auto& [key, storage] : file.storages) {
    const ZipEntry* const entry = archive->find(folder + "data/" + key);
    if (entry == nullptr) fail(file.name, "there is no record of storage \"" + key + "\"");
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(storage.count, storage.element_bytes(), &bytes) ||
        bytes != entry->bytes) {
      fail(file.name, "storage \"" + key + "\" of " + std::to_string(storage.count) +
                          " elements has a record of " + std::to_string(entry->bytes) + " bytes");
    }
    storage.load = [archive, entry] { return archive->read(*entry); };
  }
}

}  // namespace

TorchFile open_torch_zip(const SharedBytes& bytes, std::string_view name) {
  TorchFile file{.name = std::string(name), .file_bytes = bytes.bytes.size()};
  const auto archive = std::make_shared<ZipArchive>(bytes, name);
  const std::string folder = find_folder(*archive, name);
  const ZipEntry& entry = *archive->find(folder + "data.pkl");
  if (entry.bytes > kMaxPickleBytes) fail(name, "data.pkl of more than 1 GiB");
  file.pickle = archive->read(entry);
  file.document = parse_pickle(file.pickle.bytes, 0, {.file = name, .offset = entry.offset});
  file.order = read_byte_order(*archive, folder, name);
  file.storages = mentioned_storages(file.document, name);
  find_records(archive, folder, file);
  return file;
}

}  // namespace cameo::zoo
