#include "zoo/checkpoints/dtype.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/error.h"

namespace cameo::zoo {

namespace {

struct Half {
  std::uint16_t bits;
};
struct BFloat16 {
  std::uint16_t bits;
};

float to_number(BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

/// IEEE 754 binary16, subnormals, infinities and NaN included.
float to_number(Half value) {
  const std::uint32_t sign = (value.bits & 0x8000U) << 16;
  const std::uint32_t exponent = (value.bits >> 10) & 0x1FU;
  const std::uint32_t fraction = value.bits & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide_exponent = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (fraction << 13));
}

template <typename T>
requires std::is_arithmetic_v<T> T to_number(T value) { return value; }

/// bool in a file may hold any byte; all but 0 are true.
struct Bool {
  std::uint8_t byte;
};
std::uint8_t to_number(Bool value) { return value.byte != 0 ? 1 : 0; }

template <typename Stored, typename Value>
void convert(ByteOrder order, ByteView bytes, std::span<Value> values) {
  const bool swap = (order == ByteOrder::kBig) != (std::endian::native == std::endian::big);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::array<std::uint8_t, sizeof(Stored)> raw;
    std::memcpy(raw.data(), bytes.data() + i * sizeof(Stored), sizeof(Stored));
    if (swap) std::reverse(raw.begin(), raw.end());
    // NOLINTNEXTLINE(bugprone-signed-char-misuse): an int8 keeps its sign
    values[i] = static_cast<Value>(to_number(std::bit_cast<Stored>(raw)));
  }
}

/// Calls visit with a value of the C++ type that `type` stores.
template <typename Visit>
auto visit_stored(DType type, const Visit& visit) {
  switch (type) {
    case DType::kBool:
      return visit(Bool{});
    case DType::kU8:
      return visit(std::uint8_t{});
    case DType::kI8:
      return visit(std::int8_t{});
    case DType::kU16:
      return visit(std::uint16_t{});
    case DType::kI16:
      return visit(std::int16_t{});
    case DType::kF16:
      return visit(Half{});
    case DType::kBF16:
      return visit(BFloat16{});
    case DType::kU32:
      return visit(std::uint32_t{});
    case DType::kI32:
      return visit(std::int32_t{});
    case DType::kF32:
      return visit(float{});
    case DType::kU64:
      return visit(std::uint64_t{});
    case DType::kI64:
      return visit(std::int64_t{});
    case DType::kF64:
      return visit(double{});
  }
  throw ArgumentError("not an element type");
}

void check_sizes(DType type, ByteView bytes, std::size_t count) {
  if (bytes.size() != count * size_of(type)) {
    throw ArgumentError("convert: " + std::to_string(bytes.size()) + " bytes do not hold " +
                        std::to_string(count) + " elements");
  }
}

}  // namespace

std::size_t size_of(DType type) {
  return visit_stored(type, [](auto stored) { return sizeof(stored); });
}

std::string_view name_of(DType type) {
  constexpr std::array<std::string_view, 13> kNames = {
      "BOOL", "U8", "I8", "U16", "I16", "F16", "BF16", "U32", "I32", "F32", "U64", "I64", "F64"};
  return kNames.at(static_cast<std::size_t>(type));
}

bool is_integer(DType type) {
  return type != DType::kF16 && type != DType::kBF16 && type != DType::kF32 && type != DType::kF64;
}

std::optional<std::uint64_t> checked_count(const Shape& shape, std::size_t element_bytes) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count)) return std::nullopt;
  }
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(count, static_cast<std::int64_t>(element_bytes), &bytes)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(count);
}

void convert_to_float32(DType type, ByteOrder order, ByteView bytes, std::span<float> values) {
  check_sizes(type, bytes, values.size());
  if (values.empty()) return;
  if (type == DType::kF32 && order == ByteOrder::kLittle &&
      std::endian::native == std::endian::little) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return;
  }
  visit_stored(type, [&](auto stored) { convert<decltype(stored)>(order, bytes, values); });
}

void convert_to_int64(DType type, ByteOrder order, ByteView bytes, std::span<std::int64_t> values) {
  check_sizes(type, bytes, values.size());
  if (!is_integer(type)) throw ArgumentError("convert: an integer element type was expected");
  visit_stored(type, [&](auto stored) { convert<decltype(stored)>(order, bytes, values); });
}

std::optional<Tensor> view_elements(DType type, ByteOrder order, const SharedBytes& elements,
                                    const Shape& shape) {
  const bool native = (order == ByteOrder::kLittle) == (std::endian::native == std::endian::little);
  const auto address = reinterpret_cast<std::uintptr_t>(elements.bytes.data());
  if (elements.owner == nullptr || type != DType::kF32 || !native ||
      address % alignof(float) != 0) {
    return std::nullopt;
  }
  const auto* const values = reinterpret_cast<const float*>(elements.bytes.data());
  return Tensor::view_of(shape, std::shared_ptr<const float>(elements.owner, values));
}

Tensor view_or_convert(DType type, ByteOrder order, const SharedBytes& elements,
                       const Shape& shape) {
  if (std::optional<Tensor> view = view_elements(type, order, elements, shape)) {
    return *std::move(view);
  }
  constexpr std::size_t kPieceElements = std::size_t{1} << 20;
  Tensor result = Tensor::uninitialized(shape);
  const std::span<float> values = result.mutable_data();
  for (std::size_t done = 0; done < values.size(); done += kPieceElements) {
    const std::size_t count = std::min(kPieceElements, values.size() - done);
    const SharedBytes piece{elements.bytes.subspan(done * size_of(type), count * size_of(type)),
                            elements.owner};
    convert_to_float32(type, order, piece.bytes, values.subspan(done, count));
    release_pages(piece);
  }
  return result;
}

}  // namespace cameo::zoo
