#include "zoo/image_check.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr int kMaxJpegScans = 100;

/// Unsigned integers of either byte order at an offset; nothing past the end.
class Reader {
 public:
  Reader(ByteView bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<std::uint32_t> u16(std::size_t offset) const { return read(offset, 2); }
  std::optional<std::uint32_t> u32(std::size_t offset) const { return read(offset, 4); }

 private:
  std::optional<std::uint32_t> read(std::size_t offset, std::size_t count) const {
    if (offset > bytes_.size() || bytes_.size() - offset < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value = (value << 8) | bytes_[offset + (big_endian_ ? i : count - 1 - i)];
    }
    return value;
  }

  ByteView bytes_;
  bool big_endian_;
};

bool begins_with(ByteView bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), bytes.begin(),
                    [](char wanted, std::uint8_t byte) {
                      return static_cast<std::uint8_t>(wanted) == byte;
                    });
}

/// The markers of a JPEG stream (ITU-T T.81, annex B) up to its end of image.
class JpegWalk {
 public:
  JpegWalk(ByteView bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  ImageCheck check() {
    position_ = 2;  // past the start of image
    while (true) {
      const std::uint8_t marker = next_marker();
      if (marker == kEndOfImage) break;
      if (is_standalone(marker)) continue;
      read_segment(marker);
      if (marker == kStartOfScan) skip_scan();
    }
    if (scans_ == 0 || frames_ != 1) fail("a JPEG without a picture, or with several");
    if (components_ == 4 && !adobe_) fail("a four-channel JPEG without Adobe's colour marker");
    return {.format = ImageFormat::kJpeg,
            .width = width_,
            .height = height_,
            .orientation = orientation_};
  }

 private:
  static constexpr std::uint8_t kStartOfScan = 0xDA;
  static constexpr std::uint8_t kProgressiveFrame = 0xC2;
  static constexpr std::uint8_t kHuffmanTables = 0xC4;
  static constexpr std::uint8_t kAcTable = 0x10;  ///< the class of a table, beside its number
  static constexpr std::uint8_t kEndOfImage = 0xD9;
  static constexpr std::uint8_t kApp1 = 0xE1;
  static constexpr std::uint8_t kApp14 = 0xEE;

  static bool is_restart(std::uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }
  static bool is_standalone(std::uint8_t marker) {
    return is_restart(marker) || marker == 0x01 || marker == 0xD8;
  }
  static bool is_frame(std::uint8_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /// Skips bytes between segments, as decoders do.
  std::uint8_t next_marker() {
    while (position_ + 1 < bytes_.size()) {
      const std::uint8_t code = bytes_[position_ + 1];
      if (bytes_[position_] == 0xFF && code != 0x00 && code != 0xFF) {
        position_ += 2;
        return code;
      }
      ++position_;
    }
    fail("a JPEG that ends early (no end-of-image marker)");
  }

  void read_segment(std::uint8_t marker) {
    const auto length = Reader(bytes_, true).u16(position_);
    if (!length || *length < 2 || *length > bytes_.size() - position_) {
      fail("a JPEG that ends early (within a segment)");
    }
    const ByteView body = bytes_.subspan(position_ + 2, *length - 2);
    if (marker == kApp1 && begins_with(body, std::string_view("Exif\0\0", 6)) &&
        orientation_ == 1) {
      orientation_ = exif_orientation(body.subspan(6));
    }
    if (marker == kApp14 && begins_with(body, "Adobe")) adobe_ = true;
    if (is_frame(marker)) read_frame(marker, body);
    if (marker == kHuffmanTables) read_huffman_tables(body);
    if (marker == kStartOfScan) check_scan_tables(body);
    position_ += *length;
  }

  /// Class and number, 16 counts and as many symbols each (T.81, B.2.4.2). The decoder
  /// (stb_image 2.27) trusts the counts and would write past its table.
  void read_huffman_tables(ByteView body) {
    constexpr std::size_t kHead = 17;
    while (!body.empty()) {
      std::size_t symbols = 0;
      for (std::size_t i = 1; i < std::min(body.size(), kHead); ++i) symbols += body[i];
      if (body.size() < kHead || symbols > 256 || symbols > body.size() - kHead) {
        fail("a damaged JPEG Huffman table");
      }
      tables_.insert(body[0]);
      body = body.subspan(kHead + symbols);
    }
  }

  /// A scan's header (T.81, B.2.3): for each component the numbers of its DC and AC tables; the
  /// first and last coefficient; the bits of a refinement. The decoder does not ask whether the
  /// tables were defined.
  void check_scan_tables(ByteView body) const {
    const std::size_t components = body.empty() ? 0 : body[0];
    if (body.size() < 4 + 2 * components) fail("a damaged JPEG scan header");
    const ByteView coefficients = body.subspan(1 + 2 * components);
    const bool refined = progressive_ && (coefficients[2] >> 4) != 0;
    const bool dc = !progressive_ || (coefficients[0] == 0 && !refined);
    const bool ac = !progressive_ || coefficients[0] != 0;
    for (std::size_t i = 0; i < components; ++i) {
      const std::uint8_t numbers = body[2 + 2 * i];
      if ((dc && !tables_.contains(numbers >> 4)) ||
          (ac && !tables_.contains(kAcTable | (numbers & 0x0F)))) {
        fail("a JPEG scan that uses a Huffman table before it is defined");
      }
    }
  }

  /// Precision, height, width, number of components (T.81, B.2.2).
  void read_frame(std::uint8_t marker, ByteView body) {
    if (body.size() < 6) fail("a damaged JPEG frame header");
    ++frames_;
    progressive_ = marker == kProgressiveFrame;
    const Reader reader(body, true);
    height_ = *reader.u16(1);
    width_ = *reader.u16(3);
    components_ = body[5];
  }

  /// Entropy-coded data last until a marker that is no restart marker.
  void skip_scan() {
    if (++scans_ > kMaxJpegScans) fail("a JPEG of more than 100 scans");
    while (position_ + 1 < bytes_.size()) {
      const std::uint8_t code = bytes_[position_ + 1];
      if (bytes_[position_] == 0xFF && code != 0x00 && code != 0xFF && !is_restart(code)) return;
      ++position_;
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(name_, static_cast<std::int64_t>(std::min(position_, bytes_.size())), what);
  }

  ByteView bytes_;
  std::string_view name_;
  std::size_t position_ = 0;
  int scans_ = 0;
  int frames_ = 0;
  std::int64_t width_ = 0;
  std::int64_t height_ = 0;
  int components_ = 0;
  int orientation_ = 1;
  bool adobe_ = false;
  bool progressive_ = false;
  std::set<std::uint8_t> tables_;  ///< defined so far, by class and number
};

/// Chunks (PNG specification, section 5) from IHDR to IEND; damage in chunks that do not touch the
/// picture is left alone.
ImageCheck check_png(ByteView bytes, std::string_view name) {
  const Reader reader(bytes, true);
  if (bytes.size() < 24 || !begins_with(bytes.subspan(12), "IHDR")) {
    throw FormatError(name, 8, "a PNG that ends early or lacks its header");
  }
  const ImageCheck check{
      .format = ImageFormat::kPng, .width = *reader.u32(16), .height = *reader.u32(20)};
  std::size_t position = 8;
  while (true) {
    const auto length = reader.u32(position);
    if (!length || bytes.size() - position < 12 || *length > bytes.size() - position - 12) {
      throw FormatError(name, static_cast<std::int64_t>(std::min(position, bytes.size())),
                        "a PNG that ends early");
    }
    const ByteView type_and_data = bytes.subspan(position + 4, 4 + std::size_t{*length});
    const bool critical = (type_and_data[0] & 0x20) == 0;
    const auto crc = crc32_z(0, type_and_data.data(), type_and_data.size());
    if (critical && crc != *reader.u32(position + 8 + *length)) {
      throw FormatError(name, static_cast<std::int64_t>(position),
                        "a damaged PNG chunk (its checksum does not match)");
    }
    if (begins_with(type_and_data, "IEND")) return check;
    position += 12 + std::size_t{*length};
  }
}

/// Uncompressed rows must all be there; other kinds are left to the decoder, which refuses them.
ImageCheck check_bmp(ByteView bytes, std::string_view name) {
  const Reader reader(bytes, false);
  const auto data_offset = reader.u32(10);
  const auto header_size = reader.u32(14);
  const bool old = header_size == 12U;  // OS/2 1.x: 16-bit sizes
  const auto width = old ? reader.u16(18) : reader.u32(18);
  const auto height = old ? reader.u16(20) : reader.u32(22);
  const auto bits = reader.u16(old ? 24 : 28);
  if (!data_offset || !width || !height || !bits) {
    throw FormatError(name, static_cast<std::int64_t>(bytes.size()), "a BMP that ends early");
  }
  // A negative height means rows from the top.
  const std::uint64_t rows =
      !old && (*height >> 31) != 0 ? std::uint64_t{1} + ~*height : std::uint64_t{*height};
  const std::uint64_t row_bytes = (std::uint64_t{*width} * *bits + 31) / 32 * 4;
  std::uint64_t data_bytes = 0;
  if (__builtin_mul_overflow(rows, row_bytes, &data_bytes) || *data_offset > bytes.size() ||
      data_bytes > bytes.size() - *data_offset) {
    throw FormatError(name, static_cast<std::int64_t>(bytes.size()), "a BMP that ends early");
  }
  return {.format = ImageFormat::kBmp, .width = *width, .height = static_cast<std::int64_t>(rows)};
}

/// "P5 WIDTH HEIGHT MAXVAL" and the samples; comments begin with '#'.
ImageCheck check_pnm(ByteView bytes, std::string_view name) {
  std::size_t position = 2;
  const auto fail = [&](const std::string& what) {
    throw FormatError(name, static_cast<std::int64_t>(position), what);
  };
  const auto next_number = [&] {
    while (position < bytes.size()) {
      const char c = static_cast<char>(bytes[position]);
      if (c == '#') {
        while (position < bytes.size() && bytes[position] != '\n' && bytes[position] != '\r') {
          ++position;
        }
      } else if (std::string_view(" \t\n\v\f\r").find(c) == std::string_view::npos) {
        break;
      } else {
        ++position;
      }
    }
    std::uint64_t value = 0;
    const std::size_t start = position;
    for (; position < bytes.size() && bytes[position] >= '0' && bytes[position] <= '9';
         ++position) {
      value = value * 10 + (bytes[position] - '0');
      if (value > 0x7FFFFFFF) fail("a PGM or PPM with an impossible size");
    }
    if (position == start) fail("a PGM or PPM header with a number missing");
    return value;
  };
  const std::uint64_t width = next_number();
  const std::uint64_t height = next_number();
  const std::uint64_t largest = next_number();
  if (largest != 255)
    fail("a PGM or PPM with samples to " + std::to_string(largest) +
         "; those of 8 bits (to 255) are read");
  ++position;                                    // the one white space before the samples
  const std::uint64_t samples = width * height;  // below 2^62
  const std::uint64_t present = bytes.size() - std::min(position, bytes.size());
  if (samples > present / (bytes[1] == '6' ? 3 : 1)) fail("a PGM or PPM that ends early");
  return {.format = ImageFormat::kPnm,
          .width = static_cast<std::int64_t>(width),
          .height = static_cast<std::int64_t>(height)};
}

ImageCheck check_structure(ByteView bytes, std::string_view name) {
  if (begins_with(bytes, "\xFF\xD8\xFF")) return JpegWalk(bytes, name).check();
  if (begins_with(bytes, "\x89PNG\r\n\x1A\n")) return check_png(bytes, name);
  if (begins_with(bytes, "BM")) return check_bmp(bytes, name);
  if (begins_with(bytes, "P5") || begins_with(bytes, "P6")) return check_pnm(bytes, name);
  throw FormatError(name, -1, "not a JPEG, PNG, BMP or binary PGM/PPM picture");
}

}  // namespace

int exif_orientation(ByteView tiff) {
  const bool big_endian = begins_with(tiff, "MM");
  if (!big_endian && !begins_with(tiff, "II")) return 1;
  const Reader reader(tiff, big_endian);
  if (reader.u16(2) != 42U) return 1;
  const auto directory = reader.u32(4);
  if (!directory) return 1;
  const auto entries = reader.u16(*directory);
  for (std::size_t i = 0; i < entries.value_or(0); ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + 12 * i;
    const auto tag = reader.u16(entry);
    if (!tag) return 1;
    if (*tag != 0x0112) continue;
    const bool one_short = reader.u16(entry + 2) == 3U && reader.u32(entry + 4) == 1U;
    const std::uint32_t value = one_short ? reader.u16(entry + 8).value_or(1) : 1;
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

ImageCheck check_image(ByteView bytes, std::string_view name) {
  if (bytes.empty()) throw FormatError(name, -1, "the file is empty, a picture was expected");
  const ImageCheck check = check_structure(bytes, name);
  if (check.width < 1 || check.height < 1) throw FormatError(name, -1, "a picture without pixels");
  return check;
}

}  // namespace cameo::zoo
