/// Makes checksums agree with mutated contents, so that mutations get past them.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "zoo/files.h"

namespace cameo::fuzz {

inline void repair_png(zoo::Bytes& bytes) {
  std::size_t position = 8;
  while (bytes.size() >= position + 12) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = (length << 8) | bytes[position + i];
    if (length > bytes.size() - position - 12) return;
    const auto crc = crc32_z(0, bytes.data() + position + 4, length + 4);
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[position + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
    position += 12 + length;
  }
}

/// Members' checksums become 0, which stands for "not computed".
inline void repair_zip(zoo::Bytes& bytes) {
  constexpr std::string_view kEntry = "PK\x01\x02";
  constexpr std::ptrdiff_t kCrc = 16;
  for (auto at = bytes.begin();; ++at) {
    at = std::search(at, bytes.end(), kEntry.begin(), kEntry.end());
    if (bytes.end() - at < kCrc + 4) return;
    std::fill_n(at + kCrc, 4, std::uint8_t{0});
  }
}

inline void repair_tar(zoo::Bytes& bytes) {
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kSize = 124;
  constexpr std::size_t kSum = 148;
  for (std::size_t at = 0; bytes.size() - at >= kBlock && bytes[at] != 0;) {
    std::uint8_t* const header = &bytes[at];
    std::fill_n(header + kSum, 8, std::uint8_t{' '});
    unsigned sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) sum += header[i];
    char digits[8] = {};
    std::snprintf(digits, sizeof digits, "%06o", sum);
    std::copy_n(digits, sizeof digits, header + kSum);
    std::size_t size = 0;
    for (std::size_t i = 0; i < 11; ++i) size = size * 8 + (header[kSize + i] & 7U);
    const std::size_t left = bytes.size() - at - kBlock;
    if (size > left) return;
    at += kBlock + std::min(left, (size + kBlock - 1) / kBlock * kBlock);
  }
}

}  // namespace cameo::fuzz
