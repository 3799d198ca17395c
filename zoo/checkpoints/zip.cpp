#include "zoo/checkpoints/zip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kEnd64LocatorBytes = 20;
constexpr std::uint64_t kEnd64Bytes = 56;
constexpr std::uint64_t kCentralBytes = 46;
constexpr std::uint64_t kLocalBytes = 30;
constexpr std::uint64_t kMaxCommentBytes = 65535;
constexpr std::uint32_t kEndMark = 0x06054B50;
constexpr std::uint32_t kEnd64LocatorMark = 0x07064B50;
constexpr std::uint32_t kEnd64Mark = 0x06064B50;
constexpr std::uint32_t kCentralMark = 0x02014B50;
constexpr std::uint32_t kLocalMark = 0x04034B50;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr unsigned kEncryptedFlags = 0x2041;  // encrypted, strongly, or with a masked directory
constexpr std::uint32_t k32Full = 0xFFFFFFFF;
constexpr std::uint16_t k16Full = 0xFFFF;

/// Where the central directory lies.
struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t count = 0;
};

/// Little-endian numbers at checked offsets.
class Reader {
 public:
  Reader(ByteView bytes, std::string_view file) : bytes_(bytes), file_(file) {}

  std::uint64_t size() const { return bytes_.size(); }

  ByteView range(std::uint64_t offset, std::uint64_t count) const {
    if (count > bytes_.size() || offset > bytes_.size() - count) {
      fail(bytes_.size(), "the file ends where " + std::to_string(count) + " bytes at " +
                              std::to_string(offset) + " were expected");
    }
    return bytes_.subspan(offset, count);
  }

  template <typename T>
  T number(std::uint64_t offset) const {
    const ByteView raw = range(offset, sizeof(T));
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>((value << 8) | raw[i]);
    return value;
  }
  std::uint16_t u16(std::uint64_t offset) const {
    const ByteView raw = range(offset, 2);
    return static_cast<std::uint16_t>(raw[0] | (raw[1] << 8));
  }
  std::uint32_t u32(std::uint64_t offset) const { return number<std::uint32_t>(offset); }
  std::uint64_t u64(std::uint64_t offset) const { return number<std::uint64_t>(offset); }

  std::string_view text(std::uint64_t offset, std::uint64_t count) const {
    const ByteView raw = range(offset, count);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }

  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw FormatError(file_, static_cast<std::int64_t>(offset), "zip: " + what);
  }

 private:
  ByteView bytes_;
  std::string_view file_;
};

/// The end record is the last one whose comment reaches the file's end.
std::uint64_t find_end(const Reader& in) {
  if (in.size() < kEndBytes) in.fail(in.size(), "the file is too short for an archive");
  const std::uint64_t last = in.size() - kEndBytes;
  const std::uint64_t first = last - std::min(last, kMaxCommentBytes);
  for (std::uint64_t at = last + 1; at-- > first;) {
    if (in.u32(at) == kEndMark && in.u16(at + 20) == last - at) return at;
  }
  in.fail(in.size(), "no central directory: the file is cut short or is no zip archive");
}

Directory find_directory64(const Reader& in, std::uint64_t locator) {
  const std::uint64_t at = in.u64(locator + 8);
  if (in.u32(locator + 4) != 0 || in.u32(locator + 16) > 1) {
    in.fail(locator, "archives of several disks are not read");
  }
  if (locator < kEnd64Bytes || at > locator - kEnd64Bytes || in.u32(at) != kEnd64Mark) {
    in.fail(locator, "the zip64 end record is not where the locator says");
  }
  if (in.u32(at + 16) != 0 || in.u32(at + 20) != 0 || in.u64(at + 24) != in.u64(at + 32)) {
    in.fail(at, "archives of several disks are not read");
  }
  const Directory found{
      .offset = in.u64(at + 48), .bytes = in.u64(at + 40), .count = in.u64(at + 32)};
  if (found.bytes > at || found.offset > at - found.bytes) {
    in.fail(at, "the central directory does not lie before its end record");
  }
  return found;
}

Directory find_directory(const Reader& in) {
  const std::uint64_t end = find_end(in);
  if (end >= kEnd64LocatorBytes && in.u32(end - kEnd64LocatorBytes) == kEnd64LocatorMark) {
    return find_directory64(in, end - kEnd64LocatorBytes);
  }
  if (in.u16(end + 4) != 0 || in.u16(end + 6) != 0 || in.u16(end + 8) != in.u16(end + 10)) {
    in.fail(end, "archives of several disks are not read");
  }
  const Directory found{
      .offset = in.u32(end + 16), .bytes = in.u32(end + 12), .count = in.u16(end + 10)};
  if (found.bytes > end || found.offset > end - found.bytes) {
    in.fail(end, "the central directory does not lie before its end record");
  }
  return found;
}

/// Replaces the fields that are full by those of the zip64 extra field, which holds just these.
void apply_zip64(const Reader& in, std::uint64_t extra, std::uint64_t extra_bytes,
                 ZipEntry& entry) {
  const std::uint64_t extra_end = extra + extra_bytes;
  std::uint64_t next = extra_end;
  std::uint64_t end = extra_end;
  for (std::uint64_t at = extra; extra_end - at >= 4;) {
    const std::uint64_t bytes = in.u16(at + 2);
    if (bytes > extra_end - at - 4) break;
    if (in.u16(at) == kZip64Extra) {
      next = at + 4;
      end = next + bytes;
      break;
    }
    at += 4 + bytes;
  }
  for (std::uint64_t* const field : {&entry.bytes, &entry.packed_bytes, &entry.header_offset}) {
    if (*field != k32Full) continue;
    if (end - next < 8) in.fail(extra, "member \"" + entry.name + "\" lacks its zip64 sizes");
    *field = in.u64(next);
    next += 8;
  }
}

/// Fills in where the member's bytes begin, which only its local header tells.
void find_data(const Reader& in, const Directory& directory, ZipEntry& entry) {
  const std::uint64_t at = entry.header_offset;
  if (at > directory.offset || directory.offset - at < kLocalBytes || in.u32(at) != kLocalMark) {
    in.fail(at, "no local header of member \"" + entry.name + "\" here");
  }
  const std::uint64_t name_bytes = in.u16(at + 26);
  if (in.text(at + kLocalBytes, name_bytes) != entry.name) {
    in.fail(at, "the local header of member \"" + entry.name + "\" has another name");
  }
  entry.offset = at + kLocalBytes + name_bytes + in.u16(at + 28);
  if (entry.offset > directory.offset || entry.packed_bytes > directory.offset - entry.offset) {
    in.fail(at, "member \"" + entry.name + "\" of " + std::to_string(entry.packed_bytes) +
                    " bytes does not end before the central directory");
  }
}

void check_kind(const Reader& in, std::uint64_t at, const ZipEntry& entry) {
  if ((in.u16(at + 8) & kEncryptedFlags) != 0) {
    in.fail(at, "member \"" + entry.name + "\" is encrypted");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    in.fail(at, "member \"" + entry.name + "\" is packed by method " +
                    std::to_string(entry.method) + "; stored (0) and deflate (8) are read");
  }
  if (in.u16(at + 34) != 0 && in.u16(at + 34) != k16Full) {
    in.fail(at, "archives of several disks are not read");
  }
}

ZipEntry read_entry(const Reader& in, const Directory& directory, std::uint64_t at) {
  const std::uint64_t name_bytes = in.u16(at + 28);
  const std::uint64_t extra_bytes = in.u16(at + 30);
  ZipEntry entry{.name = std::string(in.text(at + kCentralBytes, name_bytes)),
                 .method = in.u16(at + 10),
                 .crc = in.u32(at + 16),
                 .packed_bytes = in.u32(at + 20),
                 .bytes = in.u32(at + 24),
                 .header_offset = in.u32(at + 42)};
  check_kind(in, at, entry);
  apply_zip64(in, at + kCentralBytes + name_bytes, extra_bytes, entry);
  find_data(in, directory, entry);
  if (entry.method == kStored && entry.packed_bytes != entry.bytes) {
    in.fail(at, "member \"" + entry.name + "\" is stored with two different sizes");
  }
  return entry;
}

std::vector<ZipEntry> read_entries(const Reader& in, const Directory& directory) {
  std::vector<ZipEntry> entries;
  const std::uint64_t end = directory.offset + directory.bytes;
  std::uint64_t at = directory.offset;
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    if (end - at < kCentralBytes || in.u32(at) != kCentralMark) {
      in.fail(at, "entry " + std::to_string(i + 1) + " of " + std::to_string(directory.count) +
                      " of the central directory is not here");
    }
    const std::uint64_t bytes =
        kCentralBytes + in.u16(at + 28) + std::uint64_t{in.u16(at + 30)} + in.u16(at + 32);
    if (bytes > end - at) in.fail(at, "an entry passes the end of the central directory");
    entries.push_back(read_entry(in, directory, at));
    at += bytes;
  }
  return entries;
}

void check_overlap(const Reader& in, const std::vector<ZipEntry>& entries) {
  std::vector<const ZipEntry*> sorted;
  sorted.reserve(entries.size());
  for (const ZipEntry& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const ZipEntry* a, const ZipEntry* b) {
    return a->header_offset < b->header_offset;
  });
  std::uint64_t end = 0;
  for (const ZipEntry* const entry : sorted) {
    if (entry->header_offset < end) {
      in.fail(entry->header_offset, "member \"" + entry->name + "\" overlaps the one before it");
    }
    end = entry->offset + entry->packed_bytes;
  }
}

/// Closes the stream whichever way inflating ends.
struct Inflater {
  Inflater() = default;
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream = {};
};

/// Fills `out` from `packed`; false when there is too little, or when `whole` and the stream does
/// not end exactly there.
bool inflate_into(ByteView packed, std::span<std::uint8_t> out, bool whole) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  Inflater inflater;
  z_stream& stream = inflater.stream;
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw RunError("zip: zlib cannot start");
  stream.next_in = const_cast<Bytef*>(packed.data());
  std::size_t in_left = packed.size();
  std::uint8_t spare = 0;  // zlib wants a place to write even when nothing may come
  stream.next_out = out.empty() ? &spare : out.data();
  std::size_t out_left = out.size();
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t in = std::min(in_left, kMost);
    const std::size_t room = std::min(out_left, kMost);
    stream.avail_in = static_cast<uInt>(in);
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    in_left -= in - stream.avail_in;
    out_left -= room - stream.avail_out;
  }
  return out_left == 0 && (!whole || (status == Z_STREAM_END && in_left == 0));
}

}  // namespace

ZipArchive::ZipArchive(SharedBytes archive, std::string_view file)
    : archive_(std::move(archive)), file_(file), budget_(archive_.bytes.size()) {
  const Reader in(archive_.bytes, file_);
  entries_ = read_entries(in, find_directory(in));
  by_name_.resize(entries_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::sort(by_name_.begin(), by_name_.end(),
            [&](std::size_t a, std::size_t b) { return entries_[a].name < entries_[b].name; });
  for (std::size_t i = 1; i < by_name_.size(); ++i) {
    const ZipEntry& entry = entries_[by_name_[i]];
    if (entry.name == entries_[by_name_[i - 1]].name) {
      in.fail(entry.header_offset, "two members are named \"" + entry.name + "\"");
    }
  }
  check_overlap(in, entries_);
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto found =
      std::lower_bound(by_name_.begin(), by_name_.end(), name,
                       [&](std::size_t i, std::string_view key) { return entries_[i].name < key; });
  if (found == by_name_.end() || entries_[*found].name != name) return nullptr;
  return &entries_[*found];
}

SharedBytes ZipArchive::read(const ZipEntry& entry) {
  SharedBytes data = unpack(entry, entry.bytes);
  const bool intact =
      entry.crc == 0 || crc32_z(0, data.bytes.data(), data.bytes.size()) == entry.crc;
  if (!intact) {
    throw FormatError(file_, static_cast<std::int64_t>(entry.offset),
                      "zip: the checksum of member \"" + entry.name + "\" is wrong");
  }
  return data;
}

SharedBytes ZipArchive::read_start(const ZipEntry& entry, std::uint64_t most) {
  return unpack(entry, std::min(most, entry.bytes));
}

SharedBytes ZipArchive::unpack(const ZipEntry& entry, std::uint64_t bytes) {
  const ByteView packed = archive_.bytes.subspan(entry.offset, entry.packed_bytes);
  if (entry.method == kStored) return {packed.first(bytes), archive_.owner};
  constexpr std::uint64_t kMostRatio = 1032;  // deflate cannot do better
  if (entry.bytes / kMostRatio > entry.packed_bytes || !budget_.take(bytes)) {
    throw FormatError(file_, static_cast<std::int64_t>(entry.offset),
                      "zip: member \"" + entry.name + "\" unpacks to " + std::to_string(bytes) +
                          " bytes, too many for a file of " +
                          std::to_string(archive_.bytes.size()));
  }
  const auto memory = std::make_shared<Bytes>(bytes);
  if (!inflate_into(packed, *memory, bytes == entry.bytes)) {
    throw FormatError(file_, static_cast<std::int64_t>(entry.offset),
                      "zip: member \"" + entry.name + "\" does not unpack to its " +
                          std::to_string(bytes) + " bytes");
  }
  return {*memory, memory};
}

}  // namespace cameo::zoo
