/// Reading files whole and replacing them atomically.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace cameo::zoo {

/// Bytes as they lie in a file.
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{16} << 30;

/// A regular file opened for reading. Not for use from several threads at once.
class InputFile {
 public:
  /// Throws FileError when the file is missing, is not a regular file or may not be read.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::uint64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }
  /// Fills `out` from byte `offset` on; throws FileError when the file ends before that.
  void read(std::uint64_t offset, std::span<std::uint8_t> out) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The whole file. Throws FileError as InputFile does, and when it holds more than `max_bytes`.
Bytes read_file(const std::filesystem::path& path, std::uint64_t max_bytes = kMaxFileBytes);

/// Bytes and what keeps them alive. Without an owner they belong to the caller of the function they
/// were given to, and whatever outlives that call copies them.
struct SharedBytes {
  ByteView bytes;
  std::shared_ptr<const void> owner;
};

/// A file's bytes in memory without a copy: pages are read when they are first touched and shared
/// with every process that maps the file. Unmapped when the last copy of MappedFile and of owner()
/// is gone. Copies may be used from different threads.
///
/// A file that is shortened while it is mapped ends the process with SIGBUS at the next touch of a
/// page that is no more, and one that is overwritten in place changes under the reader; replacing
/// a file by renaming another over it, as AtomicFile does, disturbs nobody.
class MappedFile {
 public:
  /// Throws FileError as InputFile does, and when the file is empty or cannot be mapped.
  explicit MappedFile(const std::filesystem::path& path);

  ByteView bytes() const { return shared_.bytes; }
  const SharedBytes& shared() const { return shared_; }

 private:
  SharedBytes shared_;
};

/// Lets go of the memory behind bytes of a MappedFile that were read for the last time; touching
/// them reads them from the file anew. Nothing happens to bytes of another owner.
void release_pages(const SharedBytes& bytes);

/// A file that appears complete or not at all: bytes go to a temporary beside the target, which
/// commit() moves into place. Without commit() the target stays as it was and the temporary is
/// removed. A target that exists and is no regular file (/dev/stdout) is written directly.
///
/// Throws FileError when the path cannot be written (missing folder, permission, a folder),
/// RunError when writing itself fails (disk full, input/output error).
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(ByteView bytes);
  void commit();

 private:
  void close_descriptor();
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;       // as the caller named it, for messages
  std::filesystem::path target_;     // with symbolic links followed
  std::filesystem::path temporary_;  // empty when the target is written directly
  int descriptor_ = -1;
};

/// AtomicFile in one call.
void write_file(const std::filesystem::path& path, ByteView bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace cameo::zoo
