/// Pictures in files and in memory: JPEG, PNG, BMP and binary PGM/PPM in; PNG and JPEG out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// 8-bit RGB, rows from the top, interleaved: pixel (x,y) begins at `pixels[3*(y*width + x)]`.
struct Image {
  std::int64_t width = 0;   ///< pixels
  std::int64_t height = 0;  ///< pixels
  std::vector<std::uint8_t> pixels;

  Image() = default;
  /// Black; throws ArgumentError unless both sides are positive.
  Image(std::int64_t width, std::int64_t height);

  static constexpr std::int64_t kChannels = 3;
  std::uint8_t* at(std::int64_t x, std::int64_t y) {
    return pixels.data() + kChannels * (y * width + x);
  }
  const std::uint8_t* at(std::int64_t x, std::int64_t y) const {
    return pixels.data() + kChannels * (y * width + x);
  }
  bool operator==(const Image&) const = default;
};

/// Checked against a picture's header before anything is decoded.
struct ImageLimits {
  std::int64_t max_side = 16384;          ///< pixels
  std::int64_t max_pixels = 180'000'000;  ///< width × height
};

/// Reads a picture of any size within the limits as 8-bit RGB: grey is repeated over the channels,
/// alpha is laid over white, 16-bit samples keep their upper byte, CMYK JPEG is converted when its
/// Adobe marker says how (refused otherwise), and a JPEG's EXIF orientation is applied. A file that
/// ends early is an error, never a partly grey picture; bytes after the picture's end are ignored.
/// Throws FileError or FormatError.
Image read_image(const std::filesystem::path& path, const ImageLimits& limits = {});
/// The same from memory; `name` is for messages.
Image decode_image(ByteView bytes, std::string_view name, const ImageLimits& limits = {});

/// Lossless; the same picture gives the same bytes.
Bytes encode_png(const Image& image);
/// Baseline JPEG; `quality` 1 … 100.
Bytes encode_jpeg(const Image& image, int quality = 90);
/// Throw as AtomicFile does.
void write_png(const std::filesystem::path& path, const Image& image);
void write_jpeg(const std::filesystem::path& path, const Image& image, int quality = 90);

/// The rectangle whose upper left corner is (x,y); throws ArgumentError when it leaves the picture.
Image crop(const Image& image, std::int64_t x, std::int64_t y, std::int64_t width,
           std::int64_t height);

/// One picture of a batch: `values` is `[N,C,H,W]` or `[C,H,W]` with C = 1 or 3 and values 0 … 1
/// (clamped, rounded to the nearest grey level).
Image to_image(const Tensor& values, std::int64_t index = 0);
/// `[1,3,H,W]` with values 0 … 1.
Tensor to_tensor(const Image& image);

}  // namespace cameo::zoo
