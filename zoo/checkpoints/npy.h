/// NumPy's .npy arrays (NumPy Enhancement Proposal 1, versions 1.0 to 3.0).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Row-major.
struct Int64Array {
  Shape shape;
  std::vector<std::int64_t> values;
};

/// Reads bool, integer and floating-point arrays of either byte order and either memory order as
/// float32, row-major. Throws FileError, or FormatError naming the offset.
Tensor read_npy(const std::filesystem::path& path);
/// The same from memory, which is copied unless it has an owner; `name` is for messages.
Tensor decode_npy(const SharedBytes& bytes, std::string_view name);
Tensor decode_npy(ByteView bytes, std::string_view name);

/// Type and shape from an array's first bytes, its header at least; `file_bytes` counts all of
/// them. The name is left empty.
TensorInfo describe_npy(ByteView start, std::uint64_t file_bytes, std::string_view name);

/// Reads bool and integer arrays; throws FormatError for others.
Int64Array read_npy_int64(const std::filesystem::path& path);
Int64Array decode_npy_int64(ByteView bytes, std::string_view name);

/// Version 1.0, little-endian, row-major, what numpy.save() writes. Throws as AtomicFile does.
void write_npy(const std::filesystem::path& path, const Tensor& tensor);
/// Throws ShapeError when `values` does not fill `shape`.
void write_npy(const std::filesystem::path& path, const Shape& shape,
               std::span<const std::int64_t> values);
Bytes encode_npy(const Tensor& tensor);
/// What encode_npy() puts before a tensor's values.
Bytes npy_header(const Shape& shape);
Bytes encode_npy(const Shape& shape, std::span<const std::int64_t> values);

}  // namespace cameo::zoo
