/// What a picture file's own structure says, read before a decoder sees it; internal to image.cpp.
/// The decoder fills what is missing from a truncated file with zeros, so truncation must be found
/// here.
#pragma once

#include <cstdint>
#include <string_view>

#include "zoo/files.h"

namespace cameo::zoo {

enum class ImageFormat { kJpeg, kPng, kBmp, kPnm };

struct ImageCheck {
  ImageFormat format = ImageFormat::kPng;
  std::int64_t width = 0;   ///< pixels, as the header says; above 0
  std::int64_t height = 0;  ///< pixels
  int orientation = 1;      ///< EXIF tag 0x0112: 1 … 8, 1 = upright
};

/// Walks the file's segments, chunks or header. Throws FormatError when the format is not one of
/// the four, the file ends early, a PNG chunk's CRC is wrong, a JPEG has more scans than any real
/// one, or there are no pixels.
ImageCheck check_image(ByteView bytes, std::string_view name);

/// The EXIF orientation in a TIFF block (what follows "Exif\0\0" in a JPEG's APP1 segment); 1 when
/// there is none or the block is damaged.
int exif_orientation(ByteView tiff);

}  // namespace cameo::zoo
