#include "zoo/image.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/image_check.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

struct Sample {
  std::string name;
  std::int64_t width, height;
  int tolerance;
  std::vector<int> expected;
  Bytes file;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> kSamples = {
#include "tests/zoo/picture_samples.inc"
  };
  return kSamples;
}

const Bytes& sample(const std::string& name) {
  return std::find_if(samples().begin(), samples().end(),
                      [&](const Sample& candidate) { return candidate.name == name; })
      ->file;
}

int largest_difference(const Image& image, const std::vector<int>& expected) {
  int largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(image.pixels[i] - expected[i]));
  }
  return largest;
}

Image gradient(std::int64_t width, std::int64_t height) {
  Image image(width, height);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::array<std::int64_t, 3> rgb = {255 * x / width, 255 * y / height,
                                               255 * (x + y) / (width + height)};
      std::copy(rgb.begin(), rgb.end(), image.at(x, y));
    }
  }
  return image;
}

/// "decoded" or "refused"; anything but a FormatError of one line fails the test.
std::string outcome(ByteView bytes) {
  try {
    decode_image(bytes, "a.png");
    return "decoded";
  } catch (const FormatError& error) {
    CHECK_THAT(error.what(), Contains("a.png") && !Contains("\n"));
    return "refused";
  }
}

void put_u32(Bytes& bytes, std::size_t offset, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    bytes[offset + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  }
}

/// Writes a PNG's size and the header chunk's new checksum.
void set_png_size(Bytes& png, std::uint32_t width, std::uint32_t height) {
  put_u32(png, 16, width);
  put_u32(png, 20, height);
  put_u32(png, 29, static_cast<std::uint32_t>(crc32_z(0, png.data() + 12, 17)));
}

}  // namespace

TEST_CASE("pictures of every kind decode to the pixels Pillow sees") {
  REQUIRE(samples().size() >= 18);
  for (const Sample& sample : samples()) {
    INFO(sample.name);
    const Image image = decode_image(sample.file, sample.name);
    REQUIRE(image.width == sample.width);
    REQUIRE(image.height == sample.height);
    CHECK(largest_difference(image, sample.expected) <= sample.tolerance);
  }
}

TEST_CASE("a picture cut short anywhere is refused, bytes after its end are not") {
  for (const Sample& sample : samples()) {
    INFO(sample.name);
    const ByteView file(sample.file);
    for (std::size_t length = 0; length < file.size(); ++length) {
      INFO(length << " bytes");
      REQUIRE(outcome(file.first(length)) == "refused");
    }
    Bytes longer = sample.file;
    longer.insert(longer.end(), {0xFF, 0xD8, 0xFF, 0x00, 'x', 'y'});
    CHECK(decode_image(longer, sample.name) == decode_image(file, sample.name));
  }
}

TEST_CASE("a picture with any one bit flipped is decoded or refused") {
  for (const Sample& sample : samples()) {
    INFO(sample.name);
    Bytes bytes = sample.file;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      const std::string result = outcome(bytes);
      CHECK((result == "decoded" || result == "refused"));
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  }
}

TEST_CASE("sizes are checked before anything is decoded") {
  Bytes png = sample("RGB PNG");
  set_png_size(png, 60000, 60000);
  CHECK_THROWS_WITH(decode_image(png, "big.png"), Contains("60000x60000") && Contains("16384"));
  set_png_size(png, 16000, 16000);
  CHECK_THROWS_WITH(decode_image(png, "big.png"), Contains("16000x16000"));
  set_png_size(png, 0, 5);
  CHECK_THROWS_AS(decode_image(png, "flat.png"), FormatError);
  CHECK_THROWS_AS(decode_image(sample("RGB PNG"), "small.png", {.max_side = 5}), FormatError);
  CHECK_THROWS_AS(decode_image(sample("RGB PNG"), "small.png", {.max_pixels = 29}), FormatError);
  CHECK(decode_image(sample("RGB PNG"), "small.png", {.max_side = 6, .max_pixels = 30}).width == 6);

  Bytes jpeg = sample("JPEG");
  const std::array<std::uint8_t, 2> frame = {0xFF, 0xC0};
  const auto found = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
  REQUIRE(found != jpeg.end());
  const std::array<std::uint8_t, 4> ten_thousand = {0x27, 0x10, 0x27, 0x10};
  std::copy(ten_thousand.begin(), ten_thousand.end(), found + 5);
  CHECK_THROWS_WITH(decode_image(jpeg, "promise.jpg"), Contains("too little data"));
}

TEST_CASE("compressed data that outgrow their picture are refused without the memory") {
  // 16 MB of zeros behind the header of a 6×5 picture.
  Bytes compressed(1 << 20);
  z_stream stream = {};
  REQUIRE(deflateInit(&stream, 9) == Z_OK);
  const Bytes zeros(1 << 20);
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<uInt>(compressed.size());
  for (int i = 0; i < 16; ++i) {
    stream.next_in = const_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    REQUIRE(deflate(&stream, i == 15 ? Z_FINISH : Z_NO_FLUSH) >= 0);
  }
  compressed.resize(stream.total_out);
  deflateEnd(&stream);

  const Bytes& png = sample("RGB PNG");
  Bytes bomb(png.begin(), png.begin() + 33);
  const std::size_t start = bomb.size();
  bomb.resize(start + 8);
  put_u32(bomb, start, static_cast<std::uint32_t>(compressed.size()));
  std::memcpy(bomb.data() + start + 4, "IDAT", 4);
  bomb.insert(bomb.end(), compressed.begin(), compressed.end());
  const auto crc = crc32_z(0, bomb.data() + start + 4, bomb.size() - start - 4);
  bomb.resize(bomb.size() + 4);
  put_u32(bomb, bomb.size() - 4, static_cast<std::uint32_t>(crc));
  bomb.insert(bomb.end(), png.end() - 12, png.end());
  CHECK_THROWS_AS(decode_image(bomb, "bomb.png"), FormatError);
}

TEST_CASE("files that are no pictures are refused by name") {
  CHECK_THROWS_WITH(decode_image({}, "empty.png"), Contains("empty.png") && Contains("empty"));
  for (const std::string_view text :
       {"hello", "GIF89a......", "RIFF....WEBPVP8 ", "P3 1 1 255 0 0 0", "P6 1 1 65535 ......",
        "P6 1 1 100 ...", "P6 99999999999 1 255 x", "BM", "\xFF\xD8\xFF"}) {
    CHECK(outcome(to_bytes(text)) == "refused");
  }
  const TemporaryFolder folder;
  CHECK_THROWS_AS(read_image(folder / "missing.png"), FileError);
  CHECK_THROWS_AS(read_image(folder.path()), FileError);
}

TEST_CASE("a four-channel JPEG needs Adobe's colour marker") {
  Bytes jpeg = sample("CMYK JPEG with Adobe's marker");
  const std::string_view adobe = "Adobe";
  const auto found = std::search(jpeg.begin(), jpeg.end(), adobe.begin(), adobe.end());
  REQUIRE(found != jpeg.end());
  *found = 'X';
  CHECK_THROWS_WITH(decode_image(jpeg, "cmyk.jpg"), Contains("Adobe"));
}

TEST_CASE("Huffman tables of more than 256 symbols never reach the decoder") {
  Bytes jpeg = sample("JPEG");
  const std::array<std::uint8_t, 2> tables = {0xFF, 0xC4};
  const auto found = std::search(jpeg.begin(), jpeg.end(), tables.begin(), tables.end());
  REQUIRE(found != jpeg.end());
  std::fill(found + 5, found + 21, std::uint8_t{0xFF});
  CHECK_THROWS_WITH(decode_image(jpeg, "a.jpg"), Contains("Huffman"));
}

TEST_CASE("JPEG scans use no Huffman table that was not defined") {
  for (const char* const name : {"JPEG", "progressive JPEG", "grey JPEG"}) {
    INFO(name);
    Bytes jpeg = sample(name);
    CHECK_NOTHROW(decode_image(jpeg, "a.jpg"));
    for (std::size_t i = 0; i + 4 < jpeg.size(); ++i) {
      if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC4) jpeg[i + 4] |= 3;  // the table's number
    }
    CHECK_THROWS_WITH(decode_image(jpeg, "a.jpg"), Contains("before it is defined"));
  }
}

TEST_CASE("every EXIF orientation turns the picture upright") {
  Bytes jpeg = sample("JPEG with EXIF orientation 6");
  const std::array<std::uint8_t, 2> tag = {0x01, 0x12};  // big-endian TIFF
  const auto found = std::search(jpeg.begin(), jpeg.end(), tag.begin(), tag.end());
  REQUIRE(found != jpeg.end());
  const auto decode_with = [&](std::uint8_t orientation) {
    found[9] = orientation;
    return decode_image(jpeg, "turned.jpg");
  };
  const Image stored = decode_with(1);
  REQUIRE(stored.width == 6);
  // Where the stored first row and first column are to be seen (EXIF 2.3, table of tag 0x0112).
  struct Case {
    std::uint8_t orientation;
    char row, column;
  };
  for (const Case& c : {Case{2, 't', 'r'}, Case{3, 'b', 'r'}, Case{4, 'b', 'l'}, Case{5, 'l', 't'},
                        Case{6, 'r', 't'}, Case{7, 'r', 'b'}, Case{8, 'l', 'b'}}) {
    INFO("orientation " << int{c.orientation});
    const Image turned = decode_with(c.orientation);
    const bool transposed = c.row == 'l' || c.row == 'r';
    REQUIRE(turned.width == (transposed ? stored.height : stored.width));
    int wrong = 0;
    for (std::int64_t y = 0; y < stored.height; ++y) {
      for (std::int64_t x = 0; x < stored.width; ++x) {
        const std::int64_t from_first_row =
            c.row == 't' || c.row == 'l' ? y : stored.height - 1 - y;
        const std::int64_t from_first_column =
            c.column == 'l' || c.column == 't' ? x : stored.width - 1 - x;
        const std::uint8_t* const pixel = transposed ? turned.at(from_first_row, from_first_column)
                                                     : turned.at(from_first_column, from_first_row);
        wrong += std::equal(pixel, pixel + 3, stored.at(x, y)) ? 0 : 1;
      }
    }
    CHECK(wrong == 0);
  }
  CHECK(decode_with(0) == stored);
  CHECK(decode_with(9) == stored);
}

TEST_CASE("damaged EXIF blocks count as upright") {
  const Bytes good = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0};
  CHECK(exif_orientation(good) == 6);
  for (std::size_t length = 0; length < 20; ++length) {
    CHECK(exif_orientation(ByteView(good).first(length)) == 1);
  }
  Bytes far = good;
  far[4] = far[5] = far[6] = far[7] = 0xFF;
  CHECK(exif_orientation(far) == 1);
}

TEST_CASE("PNG keeps every pixel, JPEG comes close, both are the same bytes each time") {
  const Image image = gradient(61, 37);
  CHECK(decode_image(encode_png(image), "a.png") == image);
  CHECK(encode_png(image) == encode_png(image));
  const Image jpeg = decode_image(encode_jpeg(image, 95), "a.jpg");
  CHECK(largest_difference(jpeg, {image.pixels.begin(), image.pixels.end()}) < 16);
  CHECK_THROWS_AS(encode_jpeg(image, 0), ArgumentError);
  CHECK_THROWS_AS(encode_png(Image()), ArgumentError);

  const TemporaryFolder folder;
  write_png(folder / "a.png", image);
  write_jpeg(folder / "a.jpg", image);
  CHECK(read_image(folder / "a.png") == image);
  CHECK(read_image(folder / "a.jpg").width == 61);
  CHECK_THROWS_AS(write_png(folder / "none" / "a.png", image), FileError);
  CHECK(folder.names().size() == 2);
}

TEST_CASE("a photograph of 8000x6000 pixels is read", "[slow]") {
  const Bytes png = encode_png(gradient(8000, 6000));
  CHECK(decode_image(png, "large.png").width == 8000);
  const Bytes jpeg = encode_jpeg(gradient(8000, 6000));
  CHECK(decode_image(jpeg, "large.jpg").height == 6000);
}

TEST_CASE("pictures and tensors convert to each other") {
  const Image image = gradient(7, 4);
  const Tensor tensor = to_tensor(image);
  CHECK(tensor.shape() == Shape{1, 3, 4, 7});
  CHECK(tensor.data()[7 + 2] == static_cast<float>(image.at(2, 1)[0]) / 255.0F);
  CHECK(to_image(tensor) == image);
  const Image grey = to_image(Tensor({2, 1, 2, 2}, 2.0F), 1);
  CHECK(grey.pixels == std::vector<std::uint8_t>(12, 255));
  CHECK_THROWS_AS(to_image(tensor, 1), ShapeError);
  CHECK_THROWS_AS(to_image(Tensor({2, 2})), ShapeError);
  CHECK_THROWS_AS(crop(image, 1, 1, 7, 3), ArgumentError);
  CHECK(crop(image, 1, 1, 6, 3).at(0, 0)[0] == image.at(1, 1)[0]);
}
