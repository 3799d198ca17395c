// The tar archives of torch 0.1.1 to 0.1.9: members sys_info, pickle, tensors and storages.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/byte_cursor.h"
#include "zoo/checkpoints/torch_file.h"

namespace cameo::zoo {

namespace {

constexpr std::size_t kBlockBytes = 512;

/// A member's bytes and where they begin in the file.
struct Member {
  SharedBytes data;
  std::uint64_t offset = 0;
};

[[noreturn]] void fail(std::string_view name, std::uint64_t offset, const std::string& what) {
  throw FormatError(name, static_cast<std::int64_t>(offset), "torch tar: " + what);
}

std::uint64_t parse_octal(ByteView field, std::string_view name, std::uint64_t offset) {
  std::uint64_t value = 0;
  bool any = false;
  for (const std::uint8_t digit : field) {
    if (digit == ' ' && !any) continue;
    if (digit == ' ' || digit == 0) break;
    if (digit < '0' || digit > '7' || value >> 60 != 0) fail(name, offset, "a size is not octal");
    value = value * 8 + (digit - '0');
    any = true;
  }
  return value;
}

/// The sum of the header's bytes, its own field taken as spaces.
bool has_right_checksum(ByteView header, std::string_view name, std::uint64_t offset) {
  constexpr std::size_t kField = 148;
  constexpr std::size_t kFieldBytes = 8;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    sum += i >= kField && i < kField + kFieldBytes ? ' ' : header[i];
  }
  return sum == parse_octal(header.subspan(kField, kFieldBytes), name, offset);
}

/// Regular members by name; others (PAX headers among them) are skipped.
std::map<std::string, Member, std::less<>> read_members(const SharedBytes& archive,
                                                        std::string_view name) {
  std::map<std::string, Member, std::less<>> members;
  const ByteView bytes = archive.bytes;
  std::size_t at = 0;
  while (bytes.size() - at >= kBlockBytes && bytes[at] != 0) {
    const ByteView header = bytes.subspan(at, kBlockBytes);
    if (!has_right_checksum(header, name, at)) fail(name, at, "a header's checksum is wrong");
    const std::uint64_t size = parse_octal(header.subspan(124, 12), name, at);
    const std::size_t data = at + kBlockBytes;
    if (size > bytes.size() - data) fail(name, at, "a member is cut short");
    const ByteView raw = header.first(100);
    const std::string member(raw.begin(), std::find(raw.begin(), raw.end(), std::uint8_t{0}));
    const std::uint8_t kind = header[156];
    if (kind == '0' || kind == 0) {
      const Member found{.data = {bytes.subspan(data, size), archive.owner}, .offset = data};
      if (!members.emplace(member, found).second) fail(name, at, "two members of one name");
    }
    const std::uint64_t padded = (size + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    at = data + std::min<std::uint64_t>(padded, bytes.size() - data);
  }
  return members;
}

const Member& find_member(const std::map<std::string, Member, std::less<>>& members,
                          std::string_view member, std::string_view name) {
  const auto found = members.find(member);
  if (found == members.end()) {
    throw FormatError(name, -1,
                      "torch tar: member \"" + std::string(member) +
                          "\" is missing; the archive is cut short or is no PyTorch checkpoint");
  }
  return found->second;
}

std::int64_t read_count(ByteCursor& in) {
  const PickleDocument count = in.pickle();
  if (count.root_value().kind != PickleKind::kInt || count.root_value().integer < 0) {
    in.fail("a count was expected");
  }
  return count.root_value().integer;
}

/// A pickled tuple of `size` values.
PickleDocument read_tuple(ByteCursor& in, std::size_t size) {
  PickleDocument document = in.pickle();
  if (document.root_value().kind != PickleKind::kTuple ||
      document.root_value().items.size() != size) {
    in.fail("a tuple of " + std::to_string(size) + " was expected");
  }
  return document;
}

/// Keys are numbers here.
std::string to_key(const PickleValue& value, const ByteCursor& in) {
  if (value.kind != PickleKind::kInt) in.fail("a key must be a number");
  return std::to_string(value.integer);
}

std::int64_t to_integer(const PickleValue& value, const ByteCursor& in) {
  if (value.kind != PickleKind::kInt || value.integer < 0) {
    in.fail("a number from 0 on was expected");
  }
  return value.integer;
}

/// The class that a tuple's third value names.
DType class_type(const PickleDocument& tuple, PickleGlobalKind kind, const ByteCursor& in) {
  const PickleValue& value = tuple.at(tuple.root_value().items[2]);
  if (value.kind != PickleKind::kGlobal || value.global->kind != kind || !value.global->type) {
    in.fail(kind == PickleGlobalKind::kStorage ? "a storage's class was expected"
                                               : "a tensor's class was expected");
  }
  return *value.global->type;
}

using Views = std::map<std::string, TorchStorageView, std::less<>>;

void read_storage(ByteCursor& in, TorchFile& file, Views& views) {
  const PickleDocument tuple = read_tuple(in, 3);
  const std::string key = to_key(tuple.at(tuple.root_value().items[0]), in);
  TorchStorage storage{.type = class_type(tuple, PickleGlobalKind::kStorage, in),
                       .count = in.number(8)};
  SharedBytes elements = in.elements(storage.count, storage.element_bytes());
  storage.load = [elements = std::move(elements)] { return elements; };
  views[key] = {.key = key, .type = storage.type, .count = storage.count, .length = storage.count};
  if (!file.storages.emplace(key, std::move(storage)).second) in.fail("a storage appears twice");
}

/// (key of the view, key of its storage, offset, count)
void read_view(const PickleDocument& document, const PickleValue& tuple, const ByteCursor& in,
               Views& views) {
  if (tuple.kind != PickleKind::kTuple || tuple.items.size() != 4) {
    in.fail("a storage's view must be four values");
  }
  const std::string key = to_key(document.at(tuple.items[0]), in);
  const auto root = views.find(to_key(document.at(tuple.items[1]), in));
  if (root == views.end()) in.fail("a view of a storage that is not there");
  TorchStorageView view = root->second;
  view.offset = static_cast<std::uint64_t>(to_integer(document.at(tuple.items[2]), in));
  view.length = static_cast<std::uint64_t>(to_integer(document.at(tuple.items[3]), in));
  if (view.length > view.count || view.offset > view.count - view.length) {
    in.fail("a view passes the end of its storage");
  }
  if (!views.emplace(key, view).second) in.fail("a storage appears twice");
}

Views read_storages(const Member& member, TorchFile& file) {
  ByteCursor in(member.data, member.offset, "torch tar, storages", file.name);
  Views views;
  for (std::int64_t left = read_count(in); left > 0; --left) read_storage(in, file, views);
  const PickleDocument list = in.pickle();
  if (list.root_value().kind != PickleKind::kList) in.fail("the storages' views must be a list");
  for (const PickleId id : list.root_value().items) read_view(list, list.at(id), in, views);
  return views;
}

std::vector<std::int64_t> read_extents(ByteCursor& in, std::uint64_t count) {
  std::vector<std::int64_t> extents;
  for (; count > 0; --count) {
    const std::uint64_t extent = in.number(8);
    if (!std::in_range<std::int64_t>(extent)) in.fail("a negative size, stride or offset");
    extents.push_back(static_cast<std::int64_t>(extent));
  }
  return extents;
}

void read_tensor(ByteCursor& in, const Views& views, TorchFile& file) {
  constexpr std::uint64_t kMaxRank = 64;
  const PickleDocument tuple = read_tuple(in, 3);
  const std::string key = to_key(tuple.at(tuple.root_value().items[0]), in);
  const auto storage = views.find(to_key(tuple.at(tuple.root_value().items[1]), in));
  if (storage == views.end()) in.fail("a tensor's storage is not there");
  TorchTensor tensor{.type = class_type(tuple, PickleGlobalKind::kTensor, in),
                     .storage = storage->second};
  const std::uint64_t rank = in.number(4);
  in.number(4);  // the writer's other half of the rank, uninitialised
  if (rank > kMaxRank) in.fail("more than 64 dimensions");
  tensor.shape = read_extents(in, rank);
  tensor.strides = read_extents(in, rank);
  tensor.offset = read_extents(in, 1)[0];
  if (!file.tensors.emplace(key, std::move(tensor)).second) in.fail("a tensor appears twice");
}

void read_tensors(const Member& member, const Views& views, TorchFile& file) {
  ByteCursor in(member.data, member.offset, "torch tar, tensors", file.name);
  for (std::int64_t left = read_count(in); left > 0; --left) read_tensor(in, views, file);
}

}  // namespace

TorchFile open_torch_tar(const SharedBytes& bytes, std::string_view name) {
  TorchFile file{.name = std::string(name), .file_bytes = bytes.bytes.size()};
  const auto members = read_members(bytes, name);
  const Views views = read_storages(find_member(members, "storages", name), file);
  read_tensors(find_member(members, "tensors", name), views, file);
  const Member& pickle = find_member(members, "pickle", name);
  file.pickle = pickle.data;
  file.document = parse_pickle(pickle.data.bytes, 0, {.file = name, .offset = pickle.offset});
  return file;
}

}  // namespace cameo::zoo
