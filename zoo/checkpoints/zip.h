/// Zip archives in memory (PKWARE APPNOTE 6.3), as far as checkpoints use them: members that are
/// stored or deflated, zip64. Nothing is ever extracted to disk, names are never paths.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/checkpoints/expansion.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// A member as the central directory describes it, its ranges checked against the file.
struct ZipEntry {
  std::string name;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;           ///< 0 = not computed by the writer
  std::uint64_t packed_bytes = 0;  ///< in the file
  std::uint64_t bytes = 0;         ///< once unpacked
  std::uint64_t header_offset = 0;
  std::uint64_t offset = 0;  ///< of the packed bytes in the file
};

/// Reads through the central directory alone: the local headers that torch writes are full of
/// zeros. Not for use from several threads at once.
class ZipArchive {
 public:
  /// Throws FormatError naming the offset for a file that is no zip, is cut short, is split over
  /// disks, has an encrypted member, two members of one name or members that overlap. `file` is for
  /// messages.
  ZipArchive(SharedBytes archive, std::string_view file);

  /// In the order of the central directory.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// Null when there is none of that name.
  const ZipEntry* find(std::string_view name) const;

  /// A member's bytes: in place when it is stored, unpacked otherwise. Throws FormatError when the
  /// checksum or the unpacked size is not as declared, or when all that was unpacked so far passes
  /// an ExpansionBudget.
  SharedBytes read(const ZipEntry& entry);
  /// The first `most` bytes, or all of a shorter member; no checksum is verified.
  SharedBytes read_start(const ZipEntry& entry, std::uint64_t most);

 private:
  SharedBytes unpack(const ZipEntry& entry, std::uint64_t bytes);

  SharedBytes archive_;
  std::string file_;
  std::vector<ZipEntry> entries_;
  std::vector<std::size_t> by_name_;  // indices of entries_
  ExpansionBudget budget_;
};

}  // namespace cameo::zoo
