#include "zoo/checkpoint_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/error.h"
#include "zoo/files.h"
#include "zoo/models/models.h"

namespace cameo::zoo {

namespace {

// Its publisher replaced the file and kept the name.
constexpr std::string_view kKnownMismatch = "efficientnet_b0_rwightman-3dd342df.pth";

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_public(std::string_view file) {
  const auto models = model_infos();
  return std::any_of(models.begin(), models.end(), [&](const ModelInfo& info) {
    return std::any_of(info.checkpoints.begin(), info.checkpoints.end(),
                       [&](const PublicCheckpoint& checkpoint) { return checkpoint.file == file; });
  });
}

std::string hexadecimal(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

std::string sha256_prefix(std::string_view file_name) {
  constexpr std::size_t kLeast = 8;
  const std::string_view stem = file_name.substr(0, file_name.rfind('.'));
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view digits = stem.substr(dash + 1);
  if (digits.size() < kLeast || !std::all_of(digits.begin(), digits.end(), is_hex)) return {};
  return std::string(digits);
}

std::string sha256(const std::filesystem::path& path) {
  constexpr std::uint64_t kChunk = std::uint64_t{1} << 20U;
  const InputFile file(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  Bytes chunk(std::min(kChunk, file.size()));
  for (std::uint64_t offset = 0; good && offset < file.size(); offset += chunk.size()) {
    chunk.resize(std::min(kChunk, file.size() - offset));
    file.read(offset, chunk);
    good = EVP_DigestUpdate(context.get(), chunk.data(), chunk.size()) == 1;
  }
  std::array<std::uint8_t, 32> digest{};
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!good) throw RunError(path.string() + ": its SHA-256 could not be computed");
  return hexadecimal(digest);
}

std::string check_checkpoint_name(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (!is_public(name)) return {};
  const std::string expected = sha256_prefix(name);
  const std::string digest = sha256(path);
  if (digest.starts_with(expected)) return {};
  const std::string what = "by its name its SHA-256 begins with " + expected + ", but it is " +
                           digest + "; the file is damaged or another one";
  if (name == kKnownMismatch) return path.string() + ": " + what;
  throw FormatError(path.string(), -1, what);
}

}  // namespace cameo::zoo
