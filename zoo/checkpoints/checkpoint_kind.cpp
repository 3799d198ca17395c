#include "zoo/checkpoints/checkpoint_kind.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/error.h"
#include "zoo/checkpoints/torch_file.h"
#include "zoo/checkpoints/zip.h"

namespace cameo::zoo {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kZipMagic = "PK\x03\x04"sv;
constexpr std::string_view kEmptyZipMagic = "PK\x05\x06"sv;

/// Files that are taken for checkpoints.
struct Stranger {
  std::string_view start;
  std::string_view message;
};

constexpr std::array kStrangers = {
    Stranger{"version https://git-lfs"sv,
             "a Git LFS pointer, not the file itself; fetch it with git lfs pull"sv},
    Stranger{"<"sv, "a web page, not a checkpoint; the download went wrong"sv},
    Stranger{"\x89HDF"sv, "HDF5, which is not read; .pth, .safetensors and .npz are"sv},
    Stranger{"\x93NUMPY"sv, "a single array, not a checkpoint; .npz holds several by name"sv},
    Stranger{"\x1F\x8B"sv, "compressed by gzip; unpack it first"sv},
    Stranger{"\x80"sv, "a Python pickle without PyTorch's magic number"sv}};

bool starts_with(ByteView bytes, std::string_view start) {
  return bytes.size() >= start.size() &&
         std::equal(start.begin(), start.end(), bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

CheckpointKind kind_of_zip(ByteView bytes, std::string_view name) {
  const ZipArchive archive({.bytes = bytes, .owner = nullptr}, name);
  const auto& entries = archive.entries();
  const auto ends_with = [&](std::string_view end) {
    return std::any_of(entries.begin(), entries.end(),
                       [end](const ZipEntry& entry) { return entry.name.ends_with(end); });
  };
  const bool is_npz = !ends_with("/data.pkl") && (ends_with(".npy") || entries.empty());
  return is_npz ? CheckpointKind::kNpz : CheckpointKind::kTorchZip;
}

bool is_tar(ByteView bytes) {
  constexpr std::size_t kMagicOffset = 257;
  return bytes.size() > kMagicOffset && starts_with(bytes.subspan(kMagicOffset), "ustar");
}

/// A header's length, then the header, a JSON object.
bool is_safetensors(ByteView bytes) {
  constexpr std::size_t kLengthBytes = 8;
  return bytes.size() > kLengthBytes && bytes[kLengthBytes] == '{';
}

}  // namespace

CheckpointKind detect_checkpoint_kind(ByteView bytes, std::string_view name) {
  if (starts_with(bytes, kZipMagic) || starts_with(bytes, kEmptyZipMagic)) {
    return kind_of_zip(bytes, name);
  }
  if (is_torch_stream(bytes)) return CheckpointKind::kTorchStream;
  if (is_tar(bytes)) return CheckpointKind::kTorchTar;
  if (is_safetensors(bytes) || name.ends_with(".safetensors")) return CheckpointKind::kSafetensors;
  const auto stranger =
      std::find_if(kStrangers.begin(), kStrangers.end(),
                   [&](const Stranger& candidate) { return starts_with(bytes, candidate.start); });
  if (stranger != kStrangers.end()) throw FormatError(name, 0, std::string(stranger->message));
  throw FormatError(name, 0,
                    bytes.empty() ? "the file is empty"
                                  : "no checkpoint: neither PyTorch's, nor safetensors, nor .npz");
}

}  // namespace cameo::zoo
