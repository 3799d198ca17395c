#include "zoo/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 30;

std::string reason(int error) { return std::generic_category().message(error); }

/// True for errors that say the path is wrong, false for those of the machine (disk full, I/O).
bool is_path_error(int error) {
  constexpr std::array kPathErrors = {ENOENT, EACCES, EPERM,        ENOTDIR,
                                      EISDIR, EROFS,  ENAMETOOLONG, ELOOP};
  return std::find(kPathErrors.begin(), kPathErrors.end(), error) != kPathErrors.end();
}

std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  std::string name = target.string();
  name.append(".").append(std::to_string(::getpid()));
  name.append("-").append(std::to_string(counter++)).append(".tmp");
  return name;
}

/// So that the rename itself survives a power cut; file systems that cannot do this are none the
/// worse.
void sync_folder(const std::filesystem::path& target) {
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

/// Owner of a mapping; release_pages() knows mappings by it.
struct Unmap {
  std::size_t size;
  void operator()(void* mapped) const { ::munmap(mapped, size); }
};

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) throw FileError(path.string() + ": cannot be opened: " + reason(errno));
  struct stat status = {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw FileError(path.string() + (known && S_ISDIR(status.st_mode)
                                         ? ": is a folder, a file was expected"
                                         : ": is not a regular file"));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::uint64_t offset, std::span<std::uint8_t> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_, out.data(), std::min(out.size(), kPieceBytes),
                                static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw FileError(path_.string() + ": cannot be read: " + reason(errno));
    if (got == 0) throw FileError(path_.string() + ": ended while it was being read");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

Bytes read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const InputFile file(path);
  if (file.size() > max_bytes) {
    throw FileError(path.string() + ": holds " + std::to_string(file.size()) + " bytes, at most " +
                    std::to_string(max_bytes) + " are read");
  }
  Bytes bytes(file.size());
  file.read(0, bytes);
  return bytes;
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const InputFile file(path);
  const auto size = static_cast<std::size_t>(file.size());
  if (size == 0) throw FileError(path.string() + ": the file is empty");
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (start == MAP_FAILED) {
    throw FileError(path.string() + ": cannot be mapped: " + reason(errno));
  }
  shared_.owner = std::shared_ptr<const void>(start, Unmap{size});
  shared_.bytes = {static_cast<const std::uint8_t*>(start), size};
}

void release_pages(const SharedBytes& bytes) {
  if (bytes.bytes.empty() || std::get_deleter<Unmap>(bytes.owner) == nullptr) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.bytes.data());
  const std::uintptr_t first = (begin + page - 1) / page * page;  // only pages that are all theirs
  const std::uintptr_t end = (begin + bytes.bytes.size()) / page * page;
  if (first >= end) return;
  auto* const start = const_cast<std::uint8_t*>(bytes.bytes.data()) + (first - begin);
  ::madvise(start, end - first, MADV_DONTNEED);
}

AtomicFile::AtomicFile(const std::filesystem::path& path) : path_(path), target_(path) {
  if (path.empty() || !path.has_filename()) {
    throw FileError("\"" + path.string() + "\": a file name was expected");
  }
  std::error_code ignored;
  if (std::filesystem::is_symlink(path, ignored)) {
    target_ = std::filesystem::weakly_canonical(path, ignored);
    if (ignored) target_ = path;
  }
  const std::filesystem::file_status status = std::filesystem::status(target_, ignored);
  if (std::filesystem::is_directory(status)) fail(EISDIR);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    temporary_ = temporary_beside(target_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    fail(errno);
  }
}

AtomicFile::~AtomicFile() {
  close_descriptor();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kPieceBytes));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (temporary_.empty()) {
    close_descriptor();
    return;
  }
  if (::fsync(descriptor_) != 0) fail(errno);
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  sync_folder(target_);
}

void AtomicFile::close_descriptor() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void AtomicFile::fail(int error) const {
  const std::string message = path_.string() + ": cannot be written: " + reason(error);
  if (is_path_error(error)) throw FileError(message);
  throw RunError(message);
}

void write_file(const std::filesystem::path& path, ByteView bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace cameo::zoo
