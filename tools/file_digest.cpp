#include "tools/file_digest.h"

#include "zoo/checkpoint_hash.h"

namespace cameo::tools {

FileDigest::FileDigest(std::filesystem::path path) : path_(std::move(path)) {
  if (path_.empty()) return;
  digest_ = std::async(std::launch::async, [file = path_] { return zoo::sha256(file); }).share();
}

std::string FileDigest::value() const { return digest_.valid() ? digest_.get() : std::string(); }

}  // namespace cameo::tools
