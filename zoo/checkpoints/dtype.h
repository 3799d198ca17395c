/// Element types of files, and their conversion to float32 and int64.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/tensor.h"
#include "zoo/files.h"

namespace cameo::zoo {

enum class DType { kBool, kU8, kI8, kU16, kI16, kF16, kBF16, kU32, kI32, kF32, kU64, kI64, kF64 };

enum class ByteOrder { kLittle, kBig };

std::size_t size_of(DType type);
/// As in safetensors: "F32", "BOOL".
std::string_view name_of(DType type);
bool is_integer(DType type);

/// Elements of `shape`, or nothing when an extent is negative or the bytes of that many elements
/// pass 2^63. For shapes that come from a file.
std::optional<std::uint64_t> checked_count(const Shape& shape, std::size_t element_bytes);

/// Converts elements laid out one after the other; `bytes` holds exactly `values` of `type`. Rounds
/// to nearest where float32 cannot hold a value (large integers, F64).
void convert_to_float32(DType type, ByteOrder order, ByteView bytes, std::span<float> values);

/// The same for is_integer() types; U64 above 2^63 - 1 wraps.
void convert_to_int64(DType type, ByteOrder order, ByteView bytes, std::span<std::int64_t> values);

/// A tensor over elements that already are what a Tensor holds: float32, aligned, in the machine's
/// byte order, and owned. Nothing otherwise. `elements` begins with as many as `shape` has.
std::optional<Tensor> view_elements(DType type, ByteOrder order, const SharedBytes& elements,
                                    const Shape& shape);

/// view_elements() where that is possible, a converted copy otherwise, which lets go of the mapped
/// file's pages as it goes.
Tensor view_or_convert(DType type, ByteOrder order, const SharedBytes& elements,
                       const Shape& shape);

}  // namespace cameo::zoo
