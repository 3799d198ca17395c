#include "zoo/checkpoints/safetensors.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/dtype.h"
#include "zoo/checkpoints/safetensors_header.h"

namespace cameo::zoo {

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMaxRank = 64;
constexpr std::string_view kMetadataKey = "__metadata__";

struct FormatType {
  std::string_view name;
  std::uint64_t bits;
  std::optional<DType> readable;
};

constexpr std::array kTypes = {FormatType{"BOOL", 8, DType::kBool},
                               FormatType{"F4", 4, std::nullopt},
                               FormatType{"F6_E2M3", 6, std::nullopt},
                               FormatType{"F6_E3M2", 6, std::nullopt},
                               FormatType{"U8", 8, DType::kU8},
                               FormatType{"I8", 8, DType::kI8},
                               FormatType{"F8_E5M2", 8, std::nullopt},
                               FormatType{"F8_E4M3", 8, std::nullopt},
                               FormatType{"F8_E8M0", 8, std::nullopt},
                               FormatType{"F8_E4M3FNUZ", 8, std::nullopt},
                               FormatType{"F8_E5M2FNUZ", 8, std::nullopt},
                               FormatType{"I16", 16, DType::kI16},
                               FormatType{"U16", 16, DType::kU16},
                               FormatType{"F16", 16, DType::kF16},
                               FormatType{"BF16", 16, DType::kBF16},
                               FormatType{"I32", 32, DType::kI32},
                               FormatType{"U32", 32, DType::kU32},
                               FormatType{"F32", 32, DType::kF32},
                               FormatType{"C64", 64, std::nullopt},
                               FormatType{"F64", 64, DType::kF64},
                               FormatType{"I64", 64, DType::kI64},
                               FormatType{"U64", 64, DType::kU64}};

struct Source {
  std::string_view name;
  SharedBytes file;

  std::uint64_t size() const { return file.bytes.size(); }
};

/// A tensor whose shape and byte range have been checked.
struct Entry {
  TensorInfo info;
  std::optional<DType> type;
  std::uint64_t offset = 0;  // in the file
};

struct Contents {
  std::vector<Entry> entries;  // in the order of their data
  Metadata metadata;
};

[[noreturn]] void fail(const Source& source, const std::string& what) {
  throw FormatError(source.name, -1, "safetensors: " + what);
}

std::uint64_t read_header_length(const Source& source) {
  if (source.size() < kLengthBytes) {
    fail(source, source.size() == 0 ? "the file is empty" : "the file is too short for a header");
  }
  const ByteView raw = source.file.bytes.first(kLengthBytes);
  std::uint64_t length = 0;
  for (std::size_t i = raw.size(); i-- > 0;) length = (length << 8) | raw[i];
  if (length > kMaxHeaderBytes || length > source.size() - kLengthBytes) {
    throw FormatError(source.name, 0,
                      "safetensors: a header of " + std::to_string(length) +
                          " bytes in a file of " + std::to_string(source.size()));
  }
  return length;
}

const FormatType& find_type(const Source& source, const SafetensorsEntry& claimed) {
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const FormatType& candidate) {
    return candidate.name == claimed.dtype;
  });
  if (type == kTypes.end()) {
    fail(source, "tensor \"" + claimed.name + "\" has the unknown type \"" +
                     claimed.dtype.substr(0, 40) + "\"");
  }
  return *type;
}

/// The bytes that the claimed shape takes.
std::uint64_t shape_bytes(const Source& source, const SafetensorsEntry& claimed,
                          std::uint64_t bits_each) {
  std::uint64_t bits = 1;
  bool fits = claimed.shape.size() <= kMaxRank;
  for (const std::uint64_t extent : claimed.shape) {
    fits = fits && std::in_range<std::int64_t>(extent) &&
           !__builtin_mul_overflow(bits, extent, &bits) && std::in_range<std::int64_t>(bits);
  }
  fits = fits && !__builtin_mul_overflow(bits, bits_each, &bits) && bits % 8 == 0;
  if (!fits) fail(source, "tensor \"" + claimed.name + "\" has an impossible shape");
  return bits / 8;
}

Entry check_entry(const Source& source, const SafetensorsEntry& claimed) {
  const FormatType& type = find_type(source, claimed);
  const std::uint64_t bytes = shape_bytes(source, claimed, type.bits);
  if (claimed.data_offsets.size() != 2) {
    fail(source, "tensor \"" + claimed.name + "\": data_offsets must be two numbers");
  }
  const auto [begin, end] = std::pair(claimed.data_offsets[0], claimed.data_offsets[1]);
  if (end < begin || end - begin != bytes) {
    fail(source, "tensor \"" + claimed.name + "\" of " + std::to_string(bytes) +
                     " bytes has the byte range " + std::to_string(begin) + " to " +
                     std::to_string(end));
  }
  return {.info = {.name = claimed.name,
                   .dtype = claimed.dtype,
                   .shape = Shape(claimed.shape.begin(), claimed.shape.end()),
                   .bytes = bytes},
          .type = type.readable,
          .offset = begin};
}

/// Ranges must cover the data section without gap or overlap, to the file's last byte.
void check_coverage(const Source& source, const std::vector<Entry>& entries,
                    std::uint64_t data_bytes) {
  std::uint64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.offset != position) {
      fail(source, "tensor \"" + entry.info.name + "\" begins at byte " +
                       std::to_string(entry.offset) + " of the data, " + std::to_string(position) +
                       " was expected");
    }
    if (entry.info.bytes > data_bytes - position) {
      fail(source, "the file ends within tensor \"" + entry.info.name + "\"");
    }
    position += entry.info.bytes;
  }
  if (position != data_bytes) {
    fail(source, std::to_string(data_bytes - position) + " bytes after the last tensor");
  }
}

Contents read_contents(const Source& source) {
  const std::uint64_t length = read_header_length(source);
  const ByteView raw = source.file.bytes.subspan(kLengthBytes, length);
  const std::string_view json(reinterpret_cast<const char*>(raw.data()), raw.size());
  SafetensorsHeader header = parse_safetensors_header(json, source.name);
  Contents contents{.entries = {}, .metadata = std::move(header.metadata)};
  for (const SafetensorsEntry& claimed : header.entries) {
    contents.entries.push_back(check_entry(source, claimed));
  }
  std::sort(contents.entries.begin(), contents.entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.offset, a.info.bytes, a.info.name) <
           std::tie(b.offset, b.info.bytes, b.info.name);
  });
  const std::uint64_t data_start = kLengthBytes + length;
  check_coverage(source, contents.entries, source.size() - data_start);
  for (Entry& entry : contents.entries) entry.offset += data_start;
  return contents;
}

Checkpoint decode(const Source& source) {
  Contents contents = read_contents(source);
  Checkpoint checkpoint{.tensors = {}, .metadata = std::move(contents.metadata)};
  for (const Entry& entry : contents.entries) {
    if (!entry.type) {
      fail(source, "tensor \"" + entry.info.name + "\" has type " + entry.info.dtype +
                       ", which is not read");
    }
    const SharedBytes elements{source.file.bytes.subspan(entry.offset, entry.info.bytes),
                               source.file.owner};
    Tensor tensor = view_or_convert(*entry.type, ByteOrder::kLittle, elements, entry.info.shape);
    checkpoint.tensors.emplace(entry.info.name, std::move(tensor));
  }
  return checkpoint;
}

std::string encode_header(const StateDict& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  std::uint64_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == kMetadataKey) throw ArgumentError("a tensor must not be named __metadata__");
    const std::uint64_t end = position + tensor.data().size_bytes();
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape()}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace

Checkpoint read_safetensors(const std::filesystem::path& path) {
  return decode_safetensors(MappedFile(path).shared(), path.string());
}

Checkpoint decode_safetensors(const SharedBytes& bytes, std::string_view name) {
  return decode({.name = name, .file = bytes});
}

Checkpoint decode_safetensors(ByteView bytes, std::string_view name) {
  return decode({.name = name, .file = {.bytes = bytes, .owner = nullptr}});
}

CheckpointListing list_safetensors(const std::filesystem::path& path) {
  return list_safetensors(MappedFile(path).shared(), path.string());
}

CheckpointListing list_safetensors(const SharedBytes& bytes, std::string_view name) {
  Contents contents = read_contents({.name = name, .file = bytes});
  CheckpointListing listing{.tensors = {}, .metadata = std::move(contents.metadata)};
  for (Entry& entry : contents.entries) listing.tensors.push_back(std::move(entry.info));
  return listing;
}

void write_safetensors(const std::filesystem::path& path, const StateDict& tensors,
                       const Metadata& metadata) {
  std::string header;
  try {
    header = encode_header(tensors, metadata);
  } catch (const nlohmann::json::exception&) {
    throw ArgumentError(path.string() + ": tensor names and metadata must be UTF-8");
  }
  AtomicFile file(path);
  std::array<std::uint8_t, kLengthBytes> length{};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<std::uint8_t>(header.size() >> (8 * i));
  }
  file.write(length);
  file.write({reinterpret_cast<const std::uint8_t*>(header.data()), header.size()});
  for (const auto& [name, tensor] : tensors) {
    const std::span<const float> values = tensor.data();
    file.write({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
  }
  file.commit();
}

}  // namespace cameo::zoo
