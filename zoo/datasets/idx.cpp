#include "zoo/datasets/idx.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 31;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::uint8_t kUnsignedBytes = 0x08;

/// Bytes one after the other, from a gzip stream or as they are.
class Stream {
 public:
  Stream(ByteView bytes, std::string_view name) : bytes_(bytes), name_(name) {
    compressed_ = bytes.size() >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
    if (!compressed_) return;
    if (bytes.size() > std::numeric_limits<uInt>::max()) fail("a gzip file above 4 GiB");
    // zlib's interface takes input without const and leaves it alone.
    zlib_.next_in = const_cast<Bytef*>(bytes.data());
    zlib_.avail_in = static_cast<uInt>(bytes.size());
    if (inflateInit2(&zlib_, kGzipWindow) != Z_OK) throw RunError("zlib: out of memory");
  }
  ~Stream() {
    if (compressed_) inflateEnd(&zlib_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void read(std::span<std::uint8_t> out) {
    if (compressed_) return inflate_into(out);
    if (out.size() > bytes_.size()) fail("the file ends early");
    if (!out.empty()) std::memcpy(out.data(), bytes_.data(), out.size());
    bytes_ = bytes_.subspan(out.size());
  }

  /// Checks that nothing follows; for gzip, that the checksum fits as well.
  void expect_end() {
    if (!compressed_) {
      if (!bytes_.empty()) fail(std::to_string(bytes_.size()) + " bytes too many");
      return;
    }
    std::uint8_t extra = 0;
    zlib_.next_out = &extra;
    zlib_.avail_out = 1;
    const int status = finished_ ? Z_STREAM_END : inflate(&zlib_, Z_FINISH);
    zlib_.next_out = nullptr;
    if (zlib_.avail_out == 0) fail("more bytes than its header says");
    if (status != Z_STREAM_END) fail("the gzip data end early or are damaged");
    if (zlib_.avail_in != 0) fail("bytes after the gzip data");
  }

 private:
  static constexpr int kGzipWindow = 16 + MAX_WBITS;

  void inflate_into(std::span<std::uint8_t> out) {
    zlib_.next_out = out.data();
    zlib_.avail_out = static_cast<uInt>(out.size());
    while (zlib_.avail_out > 0) {
      const int status = finished_ ? Z_BUF_ERROR : inflate(&zlib_, Z_NO_FLUSH);
      finished_ = finished_ || status == Z_STREAM_END;
      if (zlib_.avail_out > 0 && status != Z_OK) fail("the gzip data end early or are damaged");
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(name_, -1, "idx: " + what);
  }

  ByteView bytes_;
  std::string_view name_;
  bool compressed_ = false;
  bool finished_ = false;
  z_stream zlib_ = {};
};

}  // namespace

IdxArray decode_idx(ByteView bytes, std::string_view name) {
  const auto fail = [&](const std::string& what) { throw FormatError(name, -1, "idx: " + what); };
  if (bytes.empty()) fail("the file is empty");
  Stream stream(bytes, name);
  std::array<std::uint8_t, 4> magic{};
  stream.read(magic);
  if (magic[0] != 0 || magic[1] != 0) fail("not an IDX file");
  if (magic[2] != kUnsignedBytes) fail("an array of another type than unsigned bytes");
  if (magic[3] < 1 || magic[3] > kMaxRank) fail(std::to_string(magic[3]) + " dimensions");
  IdxArray array;
  std::uint64_t count = 1;
  for (int axis = 0; axis < magic[3]; ++axis) {
    std::array<std::uint8_t, 4> raw{};
    stream.read(raw);
    std::uint64_t extent = 0;
    for (const std::uint8_t byte : raw) extent = (extent << 8) | byte;
    if (__builtin_mul_overflow(count, extent, &count) || count > kMaxBytes) {
      fail("an array above 2 GiB");
    }
    array.shape.push_back(static_cast<std::int64_t>(extent));
  }
  // Piece by piece, so that a header without data behind it costs no memory.
  while (array.values.size() < count) {
    const std::size_t start = array.values.size();
    array.values.resize(std::min<std::uint64_t>(count, start + kPieceBytes));
    stream.read(std::span(array.values).subspan(start));
  }
  stream.expect_end();
  return array;
}

IdxArray read_idx(const std::filesystem::path& path) {
  return decode_idx(read_file(path, kMaxBytes), path.string());
}

}  // namespace cameo::zoo
