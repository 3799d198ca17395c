#include "zoo/image.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/parallel.h"
#include "zoo/image_check.h"

namespace cameo::zoo::stb {

namespace {

/// The largest single allocation the decoder may make in this thread. Its PNG inflater grows its
/// buffer for as long as data come, whatever size the header announced.
thread_local std::size_t allocation_limit = 0;

/// Cleared: the decoder reads tables that a damaged JPEG never defined.
void* allocate(std::size_t bytes) {
  return bytes > allocation_limit ? nullptr : std::calloc(bytes, 1);
}

void* reallocate(void* block, std::size_t bytes) {
  return bytes > allocation_limit ? nullptr : std::realloc(block, bytes);
}

/// The encoder's own compressor yields files half as large again as zlib's.
unsigned char* compress(unsigned char* data, int size, int* compressed_size, int) {
  uLongf length = compressBound(static_cast<uLong>(size));
  auto* const out = static_cast<unsigned char*>(std::malloc(length));
  if (out == nullptr ||
      compress2(out, &length, data, static_cast<uLong>(size), Z_DEFAULT_COMPRESSION) != Z_OK) {
    std::free(out);
    return nullptr;
  }
  *compressed_size = static_cast<int>(length);
  return out;
}

}  // namespace

}  // namespace cameo::zoo::stb

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_MAX_DIMENSIONS 65535
#define STBI_MALLOC cameo::zoo::stb::allocate
#define STBI_REALLOC cameo::zoo::stb::reallocate
#define STBI_FREE std::free
#include <stb_image.h>

#ifndef __clang_analyzer__  // which follows zlib's buffers into paths that are not there
#define STB_IMAGE_WRITE_IMPLEMENTATION
#endif
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_ZLIB_COMPRESS cameo::zoo::stb::compress
#include <stb_image_write.h>

namespace cameo::zoo {

namespace {

constexpr std::size_t kAllocationSlack = std::size_t{1} << 20;
constexpr std::int64_t kMaxJpegSide = 65535;
constexpr std::int64_t kMaxEncodedPixels = 500'000'000;

struct FreeDeleter {
  void operator()(void* block) const { std::free(block); }
};
using Samples = std::unique_ptr<std::uint8_t, FreeDeleter>;

[[noreturn]] void fail(std::string_view name, const std::string& what) {
  throw FormatError(name, -1, what);
}

[[noreturn]] void fail_as_damaged(std::string_view name) {
  const char* const reason = stbi_failure_reason();
  fail(name, std::string("a damaged or unsupported picture (") +
                 (reason != nullptr ? reason : "cannot be decoded") + ")");
}

void check_limits(const ImageCheck& check, std::string_view name, const ImageLimits& limits) {
  if (check.width <= limits.max_side && check.height <= limits.max_side &&
      check.height <= limits.max_pixels / check.width) {
    return;
  }
  fail(name, "a picture of " + std::to_string(check.width) + "x" + std::to_string(check.height) +
                 " pixels; at most " + std::to_string(limits.max_side) + " a side and " +
                 std::to_string(limits.max_pixels) + " in all are read");
}

/// A JPEG block of 8×8 pixels takes at least one bit, so a tiny file cannot promise a huge picture.
void check_jpeg_density(const ImageCheck& check, ByteView bytes, std::string_view name) {
  const std::int64_t blocks = check.width * check.height / 64;
  if (check.format == ImageFormat::kJpeg && std::ssize(bytes) * 8 < blocks) {
    fail(name, "a JPEG with too little data for its size");
  }
}

std::uint8_t over_white(unsigned value, unsigned alpha) {
  return static_cast<std::uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/// 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA.
Image to_rgb(const std::uint8_t* samples, std::int64_t width, std::int64_t height, int channels) {
  Image image(width, height);
  if (channels == 3) {
    std::memcpy(image.pixels.data(), samples, image.pixels.size());
    return image;
  }
  const bool grey = channels < 3;
  const bool has_alpha = channels == 2 || channels == 4;
  parallel_for(width * height, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::uint8_t* const in = samples + i * channels;
      const unsigned alpha = has_alpha ? in[channels - 1] : 255;
      std::uint8_t* const out = image.pixels.data() + i * Image::kChannels;
      for (int c = 0; c < Image::kChannels; ++c) out[c] = over_white(in[grey ? 0 : c], alpha);
    }
  });
  return image;
}

/// Turns a picture upright; the EXIF orientation says where its first row and column lie.
Image upright(const Image& image, int orientation) {
  if (orientation == 1) return image;
  const bool transposed = orientation >= 5;
  const bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image result(transposed ? image.height : image.width, transposed ? image.width : image.height);
  parallel_for(result.height, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      for (std::int64_t x = 0; x < result.width; ++x) {
        const std::int64_t u = transposed ? y : x;
        const std::int64_t v = transposed ? x : y;
        const std::uint8_t* const source =
            image.at(flip_x ? image.width - 1 - u : u, flip_y ? image.height - 1 - v : v);
        std::copy_n(source, Image::kChannels, result.at(x, y));
      }
    }
  });
  return result;
}

void check_encodable(const Image& image, std::string_view op) {
  if (image.width < 1 || image.height < 1 || image.width * image.height > kMaxEncodedPixels ||
      std::ssize(image.pixels) != image.width * image.height * Image::kChannels) {
    throw ArgumentError(std::string(op) + ": a picture of 1 to 500 million pixels was expected");
  }
}

void append_bytes(void* context, void* data, int size) {
  const auto* const begin = static_cast<const std::uint8_t*>(data);
  static_cast<Bytes*>(context)->insert(static_cast<Bytes*>(context)->end(), begin, begin + size);
}

std::uint8_t to_level(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

}  // namespace

Image::Image(std::int64_t image_width, std::int64_t image_height)
    : width(image_width), height(image_height) {
  if (width < 1 || height < 1) throw ArgumentError("an image needs at least one pixel a side");
  pixels.resize(static_cast<std::size_t>(kChannels * width * height));
}

Image decode_image(ByteView bytes, std::string_view name, const ImageLimits& limits) {
  if (bytes.size() > std::numeric_limits<int>::max() / 2) fail(name, "a picture file above 1 GiB");
  const ImageCheck check = check_image(bytes, name);
  check_limits(check, name, limits);
  check_jpeg_density(check, bytes, name);
  // Coefficients or 16-bit RGBA take 8 bytes a pixel; the compressed stream is gathered by
  // doubling.
  stb::allocation_limit = static_cast<std::size_t>((check.width + 64) * (check.height + 64)) * 9 +
                          2 * bytes.size() + kAllocationSlack;
  int width = 0;
  int height = 0;
  int channels = 0;
  const Samples samples(stbi_load_from_memory(bytes.data(), static_cast<int>(bytes.size()), &width,
                                              &height, &channels, 0));
  if (!samples) fail_as_damaged(name);
  if (width != check.width || height != check.height) fail(name, "a picture of two sizes");
  Image image = to_rgb(samples.get(), width, height, channels);
  return check.orientation == 1 ? image : upright(image, check.orientation);
}

Image read_image(const std::filesystem::path& path, const ImageLimits& limits) {
  return decode_image(read_file(path), path.string(), limits);
}

Bytes encode_png(const Image& image) {
  check_encodable(image, "encode_png");
  Bytes bytes;
  const auto width = static_cast<int>(image.width);
  if (stbi_write_png_to_func(append_bytes, &bytes, width, static_cast<int>(image.height),
                             Image::kChannels, image.pixels.data(),
                             width * static_cast<int>(Image::kChannels)) == 0) {
    throw RunError("encode_png: out of memory");
  }
  return bytes;
}

Bytes encode_jpeg(const Image& image, int quality) {
  check_encodable(image, "encode_jpeg");
  if (quality < 1 || quality > 100) throw ArgumentError("encode_jpeg: quality must be 1 to 100");
  if (image.width > kMaxJpegSide || image.height > kMaxJpegSide) {
    throw ArgumentError("encode_jpeg: a JPEG has at most 65535 pixels a side");
  }
  Bytes bytes;
  if (stbi_write_jpg_to_func(append_bytes, &bytes, static_cast<int>(image.width),
                             static_cast<int>(image.height), Image::kChannels, image.pixels.data(),
                             quality) == 0) {
    throw RunError("encode_jpeg: out of memory");
  }
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, encode_png(image));
}

void write_jpeg(const std::filesystem::path& path, const Image& image, int quality) {
  write_file(path, encode_jpeg(image, quality));
}

Image crop(const Image& image, std::int64_t x, std::int64_t y, std::int64_t width,
           std::int64_t height) {
  if (x < 0 || y < 0 || width < 1 || height < 1 || x > image.width - width ||
      y > image.height - height) {
    throw ArgumentError("crop: a rectangle of " + std::to_string(width) + "x" +
                        std::to_string(height) + " at " + std::to_string(x) + "," +
                        std::to_string(y) + " leaves the picture of " +
                        std::to_string(image.width) + "x" + std::to_string(image.height));
  }
  Image result(width, height);
  for (std::int64_t row = 0; row < height; ++row) {
    std::copy_n(image.at(x, y + row), width * Image::kChannels, result.at(0, row));
  }
  return result;
}

Image to_image(const Tensor& values, std::int64_t index) {
  const std::size_t rank = values.rank();
  const std::int64_t channels = rank == 3 || rank == 4 ? values.dim(rank - 3) : 0;
  const std::int64_t pictures = rank == 4 ? values.dim(0) : 1;
  if ((channels != 1 && channels != 3) || index < 0 || index >= pictures) {
    throw ShapeError("to_image: no picture " + std::to_string(index) + " in shape " +
                     to_string(values.shape()) + "; [N,C,H,W] with C = 1 or 3 was expected");
  }
  Image image(values.dim(rank - 1), values.dim(rank - 2));
  const std::int64_t plane = image.width * image.height;
  const float* const first = values.data().data() + index * channels * plane;
  for (std::int64_t i = 0; i < plane; ++i) {
    for (std::int64_t c = 0; c < Image::kChannels; ++c) {
      image.pixels[static_cast<std::size_t>(i * Image::kChannels + c)] =
          to_level(first[(channels == 1 ? 0 : c) * plane + i]);
    }
  }
  return image;
}

Tensor to_tensor(const Image& image) {
  Tensor tensor = Tensor::uninitialized({1, Image::kChannels, image.height, image.width});
  const std::int64_t plane = image.width * image.height;
  float* const out = tensor.mutable_data().data();
  for (std::int64_t i = 0; i < plane; ++i) {
    for (std::int64_t c = 0; c < Image::kChannels; ++c) {
      out[c * plane + i] =
          static_cast<float>(image.pixels[static_cast<std::size_t>(i * Image::kChannels + c)]) /
          255.0F;
    }
  }
  return tensor;
}

}  // namespace cameo::zoo
