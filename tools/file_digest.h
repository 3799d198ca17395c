/// Checksums that do not keep anybody waiting.
#pragma once

#include <filesystem>
#include <future>
#include <string>

namespace cameo::tools {

/// The SHA-256 of a file, computed on a thread of its own from construction on.
class FileDigest {
 public:
  FileDigest() = default;
  explicit FileDigest(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  /// 64 hexadecimal digits, empty for no file. Throws what zoo::sha256() throws.
  std::string value() const;

 private:
  std::filesystem::path path_;
  std::shared_future<std::string> digest_;
};

}  // namespace cameo::tools
