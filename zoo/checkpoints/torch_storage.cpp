#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/torch_file.h"

namespace cameo::zoo {

namespace {

[[noreturn]] void fail(std::string_view name, const std::string& what) {
  throw FormatError(name, -1, "torch: " + what);
}

std::uint64_t parse_count(const PickleValue& value, std::string_view what, std::string_view name) {
  if (value.kind != PickleKind::kInt || value.integer < 0) {
    fail(name, "a storage's " + std::string(what) + " must be a number from 0 on");
  }
  return static_cast<std::uint64_t>(value.integer);
}

std::string parse_key(const PickleValue& value, std::string_view name) {
  constexpr std::size_t kMaxBytes = 255;
  if (value.kind != PickleKind::kString || value.text.size() > kMaxBytes) {
    fail(name, "a storage's key must be a string of at most 255 bytes");
  }
  return std::string(value.text);
}

/// (key of the view, offset, count), in elements.
void apply_view(const PickleDocument& document, const PickleValue& view, TorchStorageView& storage,
                std::string_view name) {
  if (view.kind == PickleKind::kNone) return;
  if (view.kind != PickleKind::kTuple || view.items.size() != 3) {
    fail(name, "a storage's view must be three values");
  }
  storage.offset = parse_count(document.at(view.items[1]), "view", name);
  storage.length = parse_count(document.at(view.items[2]), "view", name);
  if (storage.length > storage.count || storage.offset > storage.count - storage.length) {
    fail(name, "the view of storage \"" + storage.key + "\" passes its end");
  }
}

}  // namespace

TorchStorageView parse_storage_id(const PickleDocument& document, const PickleValue& persistent,
                                  std::string_view name) {
  const PickleValue& id = document.at(persistent.items[0]);
  const bool is_storage = id.kind == PickleKind::kTuple &&
                          (id.items.size() == 5 || id.items.size() == 6) &&
                          document.at(id.items[0]).kind == PickleKind::kString &&
                          document.at(id.items[0]).text == "storage";
  if (!is_storage) {
    fail(name,
         "refers to something that is no storage; whole models are not read, save the "
         "weights with torch.save(model.state_dict(), ...)");
  }
  const PickleValue& type = document.at(id.items[1]);
  if (type.kind != PickleKind::kGlobal || type.global->kind != PickleGlobalKind::kStorage) {
    fail(name, "a storage without a storage's class");
  }
  TorchStorageView storage{.key = parse_key(document.at(id.items[2]), name),
                           .type = type.global->type,
                           .count = parse_count(document.at(id.items[4]), "size", name)};
  storage.length = storage.count;
  if (id.items.size() == 6) apply_view(document, document.at(id.items[5]), storage, name);
  return storage;
}

std::map<std::string, TorchStorage, std::less<>> mentioned_storages(const PickleDocument& document,
                                                                    std::string_view name) {
  std::map<std::string, TorchStorage, std::less<>> storages;
  for (const PickleValue& value : document.values) {
    if (value.kind != PickleKind::kPersistent) continue;
    const TorchStorageView mention = parse_storage_id(document, value, name);
    const auto [found, is_new] = storages.try_emplace(mention.key);
    TorchStorage& storage = found->second;
    if (is_new) {
      storage.type = mention.type;
      storage.count = mention.count;
    } else if (storage.type != mention.type || storage.count != mention.count) {
      fail(name, "storage \"" + mention.key + "\" is mentioned with different types or sizes");
    }
  }
  return storages;
}

}  // namespace cameo::zoo
