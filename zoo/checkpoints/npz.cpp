#include "zoo/checkpoints/npz.h"

#include <zlib.h>

#include <limits>
#include <string>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/expansion.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/checkpoints/utf8.h"
#include "zoo/checkpoints/zip.h"

namespace cameo::zoo {

namespace {

constexpr std::string_view kExtension = ".npy";

/// The tensor's name; NumPy accepts no other members either.
std::string tensor_name(const ZipEntry& entry, std::string_view file) {
  if (!entry.name.ends_with(kExtension)) {
    throw FormatError(file, static_cast<std::int64_t>(entry.header_offset),
                      "npz: member \"" + entry.name + "\" is no .npy array");
  }
  if (!is_utf8(entry.name)) {
    throw FormatError(file, static_cast<std::int64_t>(entry.header_offset),
                      "npz: a member's name is not UTF-8");
  }
  return entry.name.substr(0, entry.name.size() - kExtension.size());
}

std::string member_label(const ZipEntry& entry, std::string_view file) {
  return std::string(file) + ": " + entry.name;
}

Tensor read_member(ZipArchive& archive, const ZipEntry& entry, ExpansionBudget& budget,
                   std::string_view file) {
  const std::string label = member_label(entry, file);
  const SharedBytes data = archive.read(entry);
  const TensorInfo info = describe_npy(data.bytes, data.bytes.size(), label);
  if (!budget.take(sizeof(float) * static_cast<std::uint64_t>(element_count(info.shape)))) {
    throw FormatError(label, -1, "npz: too large once converted for its archive");
  }
  return decode_npy(data, label);
}

/// Little-endian fields, one after the other.
class Record {
 public:
  Record& u16(std::uint64_t value) { return number(value, 2); }
  Record& u32(std::uint64_t value) { return number(value, 4); }
  Record& text(std::string_view value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  Record& zeros(std::uint64_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  std::uint64_t size() const { return bytes_.size(); }
  ByteView bytes() const { return bytes_; }

 private:
  Record& number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  Bytes bytes_;
};

/// What the local header and the central directory both say of a member.
void append_facts(Record& record, std::string_view name, std::uint64_t crc, std::uint64_t bytes) {
  constexpr unsigned kVersion = 20;
  constexpr unsigned kUtf8Flag = 0x0800;
  constexpr unsigned kFirstDate = 0x0021;  // 1980-01-01, so that equal contents give equal files
  record.u16(kVersion).u16(kUtf8Flag).u16(0).u16(0).u16(kFirstDate);
  record.u32(crc).u32(bytes).u32(bytes).u16(name.size());
}

/// The local header, with an extra field that lets the array begin at a multiple of 64 bytes.
Record local_header(std::string_view name, std::uint64_t crc, std::uint64_t bytes,
                    std::uint64_t offset) {
  constexpr std::uint64_t kFixedBytes = 30;
  constexpr std::uint64_t kExtraHeaderBytes = 4;
  constexpr std::uint64_t kAlignment = 64;
  constexpr unsigned kPaddingId = 0x4246;
  const std::uint64_t unpadded = offset + kFixedBytes + name.size() + kExtraHeaderBytes;
  const std::uint64_t padding = (kAlignment - unpadded % kAlignment) % kAlignment;
  Record record;
  record.u32(0x04034B50);
  append_facts(record, name, crc, bytes);
  record.u16(kExtraHeaderBytes + padding).text(name);
  record.u16(kPaddingId).u16(padding).zeros(padding);
  return record;
}

void append_central(Record& central, std::string_view name, std::uint64_t crc, std::uint64_t bytes,
                    std::uint64_t offset) {
  constexpr unsigned kMadeBy = 20;
  central.u32(0x02014B50).u16(kMadeBy);
  append_facts(central, name, crc, bytes);
  central.u16(0).u16(0).u16(0).u16(0).u32(0).u32(offset).text(name);
}

ByteView raw_values(const Tensor& tensor) {
  const std::span<const float> values = tensor.data();
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

std::string member_name(const std::string& tensor) {
  constexpr std::size_t kMaxNameBytes = 65'000;
  if (!is_utf8(tensor) || tensor.size() > kMaxNameBytes) {
    throw ArgumentError("write_npz: tensor names must be UTF-8 of at most 65000 bytes");
  }
  return tensor + std::string(kExtension);
}

}  // namespace

Checkpoint read_npz(const std::filesystem::path& path) {
  return decode_npz(MappedFile(path).shared(), path.string());
}

Checkpoint decode_npz(const SharedBytes& bytes, std::string_view name) {
  ZipArchive archive(bytes, name);
  ExpansionBudget budget(bytes.bytes.size());
  Checkpoint checkpoint;
  for (const ZipEntry& entry : archive.entries()) {
    checkpoint.tensors.emplace(tensor_name(entry, name), read_member(archive, entry, budget, name));
  }
  return checkpoint;
}

CheckpointListing list_npz(const std::filesystem::path& path) {
  return list_npz(MappedFile(path).shared(), path.string());
}

CheckpointListing list_npz(const SharedBytes& bytes, std::string_view name) {
  constexpr std::uint64_t kHeaderBytes = 4096;  // numpy writes 128; see the rule in npy.cpp
  ZipArchive archive(bytes, name);
  CheckpointListing listing;
  for (const ZipEntry& entry : archive.entries()) {
    const SharedBytes start = archive.read_start(entry, kHeaderBytes);
    TensorInfo info = describe_npy(start.bytes, entry.bytes, member_label(entry, name));
    info.name = tensor_name(entry, name);
    listing.tensors.push_back(std::move(info));
  }
  return listing;
}

void write_npz(const std::filesystem::path& path, const StateDict& tensors) {
  AtomicFile file(path);
  Record central;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::string member = member_name(name);
    const Bytes header = npy_header(tensor.shape());
    const ByteView values = raw_values(tensor);
    const std::uint64_t bytes = header.size() + values.size();
    const std::uint64_t crc =
        crc32_z(crc32_z(0, header.data(), header.size()), values.data(), values.size());
    const Record local = local_header(member, crc, bytes, offset);
    append_central(central, member, crc, bytes, offset);
    file.write(local.bytes());
    file.write(header);
    file.write(values);
    offset += local.size() + bytes;
  }
  if (offset + central.size() > std::numeric_limits<std::uint32_t>::max() ||
      tensors.size() >= std::numeric_limits<std::uint16_t>::max()) {
    throw ArgumentError(path.string() +
                        ": .npz of more than 4 GiB or 65534 arrays; "
                        "use safetensors");
  }
  Record end;
  end.u32(0x06054B50).u16(0).u16(0).u16(tensors.size()).u16(tensors.size());
  end.u32(central.size()).u32(offset).u16(0);
  file.write(central.bytes());
  file.write(end.bytes());
  file.commit();
}

}  // namespace cameo::zoo
