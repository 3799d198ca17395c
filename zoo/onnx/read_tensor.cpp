#include "zoo/onnx/read_tensor.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "core/error.h"

namespace cameo::zoo::onnx {

namespace {

using ::onnx::TensorProto;

[[noreturn]] void fail(const TensorProto& proto, const std::string& what) {
  throw ArgumentError("tensor \"" + proto.name() + "\" " + what);
}

std::uint64_t number_in(const TensorProto& proto, const std::string& key, const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) {
    fail(proto, "has external data whose " + key + " is no number");
  }
  return number;
}

struct ExternalData {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

ExternalData external_data(const TensorProto& proto) {
  ExternalData data;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") data.location = entry.value();
    if (entry.key() == "offset") data.offset = number_in(proto, "offset", entry.value());
    if (entry.key() == "length") data.length = number_in(proto, "length", entry.value());
  }
  return data;
}

/// A path inside `folder`, also after links are followed.
std::filesystem::path external_path(const TensorProto& proto, const std::string& location,
                                    const std::filesystem::path& folder) {
  if (folder.empty()) fail(proto, "has external data, which a model in memory cannot have");
  const std::filesystem::path relative(location);
  const bool named_inside =
      !location.empty() && location.find('\0') == std::string::npos &&
      location.find('\\') == std::string::npos && relative.is_relative() &&
      std::find(relative.begin(), relative.end(), std::filesystem::path("..")) == relative.end();
  if (!named_inside) fail(proto, "has external data outside the model's folder");
  std::error_code missing;
  const auto root = std::filesystem::canonical(folder, missing);
  auto path = std::filesystem::weakly_canonical(folder / relative, missing);
  const auto inside = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (missing || inside.first != root.end()) {
    fail(proto, "has external data outside the model's folder");
  }
  return path;
}

InputFile open_external(const TensorProto& proto, const std::string& location,
                        const std::filesystem::path& folder) {
  const std::filesystem::path path = external_path(proto, location, folder);
  try {
    return InputFile(path);
  } catch (const FileError& error) {
    fail(proto, std::string("lacks its external data: ") + error.what());
  }
}

Bytes external_bytes(const TensorProto& proto, const std::filesystem::path& folder,
                     std::uint64_t size) {
  const ExternalData data = external_data(proto);
  const InputFile file = open_external(proto, data.location, folder);
  if (data.length.value_or(size) != size || size > file.size() ||
      data.offset > file.size() - size) {
    fail(proto, "needs " + std::to_string(size) + " bytes of external data at offset " +
                    std::to_string(data.offset) + "; the file has " + std::to_string(file.size()));
  }
  Bytes bytes(size);
  file.read(data.offset, bytes);
  return bytes;
}

Constant from_bytes(DType type, const Shape& shape, std::uint64_t count, ByteView bytes) {
  if (is_integer(type)) {
    std::vector<std::int64_t> values(count);
    convert_to_int64(type, ByteOrder::kLittle, bytes, values);
    return Constant(shape, std::move(values));
  }
  Tensor values = Tensor::uninitialized(shape);
  convert_to_float32(type, ByteOrder::kLittle, bytes, values.mutable_data());
  return Constant(std::move(values));
}

template <typename Field>
Constant from_integers(const Shape& shape, const Field& field) {
  return Constant(shape, std::vector<std::int64_t>(field.begin(), field.end()));
}

template <typename Field>
Constant from_floats(const Shape& shape, const Field& field) {
  Tensor values = Tensor::uninitialized(shape);
  std::transform(field.begin(), field.end(), values.mutable_data().begin(),
                 [](auto value) { return static_cast<float>(value); });
  return Constant(std::move(values));
}

/// Sixteen-bit floats travel as bit patterns in int32_data.
Constant from_bit_patterns(DType type, const Shape& shape, const TensorProto& proto) {
  Bytes bytes;
  bytes.reserve(2 * static_cast<std::size_t>(proto.int32_data_size()));
  for (const std::int32_t bits : proto.int32_data()) {
    bytes.push_back(static_cast<std::uint8_t>(bits & 0xFF));
    bytes.push_back(static_cast<std::uint8_t>((bits >> 8) & 0xFF));
  }
  return from_bytes(type, shape, static_cast<std::uint64_t>(proto.int32_data_size()), bytes);
}

int typed_size(DType type, const TensorProto& proto) {
  switch (type) {
    case DType::kF32:
      return proto.float_data_size();
    case DType::kF64:
      return proto.double_data_size();
    case DType::kI64:
      return proto.int64_data_size();
    case DType::kU32:
    case DType::kU64:
      return proto.uint64_data_size();
    default:
      return proto.int32_data_size();
  }
}

Constant from_typed_data(DType type, const Shape& shape, const TensorProto& proto) {
  switch (type) {
    case DType::kF32:
      return from_floats(shape, proto.float_data());
    case DType::kF64:
      return from_floats(shape, proto.double_data());
    case DType::kF16:
    case DType::kBF16:
      return from_bit_patterns(type, shape, proto);
    case DType::kI64:
      return from_integers(shape, proto.int64_data());
    case DType::kU32:
    case DType::kU64:
      return from_integers(shape, proto.uint64_data());
    default:
      return from_integers(shape, proto.int32_data());
  }
}

void check_size(const TensorProto& proto, const Shape& shape, std::uint64_t expected,
                std::uint64_t got, const char* unit) {
  if (expected == got) return;
  fail(proto, "of shape " + to_string(shape) + " has " + std::to_string(got) + " " + unit +
                  " where " + std::to_string(expected) + " were expected");
}

}  // namespace

std::optional<DType> dtype_of(int data_type) {
  switch (data_type) {
    case TensorProto::FLOAT:
      return DType::kF32;
    case TensorProto::UINT8:
      return DType::kU8;
    case TensorProto::INT8:
      return DType::kI8;
    case TensorProto::UINT16:
      return DType::kU16;
    case TensorProto::INT16:
      return DType::kI16;
    case TensorProto::INT32:
      return DType::kI32;
    case TensorProto::INT64:
      return DType::kI64;
    case TensorProto::BOOL:
      return DType::kBool;
    case TensorProto::FLOAT16:
      return DType::kF16;
    case TensorProto::DOUBLE:
      return DType::kF64;
    case TensorProto::UINT32:
      return DType::kU32;
    case TensorProto::UINT64:
      return DType::kU64;
    case TensorProto::BFLOAT16:
      return DType::kBF16;
    default:
      return std::nullopt;
  }
}

Constant take_tensor(TensorProto& proto, const std::filesystem::path& folder) {
  const std::optional<DType> type = dtype_of(proto.data_type());
  if (!type)
    fail(proto,
         "has the data type " + std::to_string(proto.data_type()) + ", which is not supported");
  if (proto.has_segment()) fail(proto, "is a segment of a tensor, which is not supported");
  const Shape shape(proto.dims().begin(), proto.dims().end());
  const std::optional<std::uint64_t> count = checked_count(shape, size_of(*type));
  if (!count) fail(proto, "has the impossible shape " + to_string(shape));
  const std::uint64_t size = *count * size_of(*type);
  if (proto.data_location() == TensorProto::EXTERNAL) {
    return from_bytes(*type, shape, *count, external_bytes(proto, folder, size));
  }
  if (proto.has_raw_data()) {
    const std::unique_ptr<std::string> raw(proto.release_raw_data());
    check_size(proto, shape, size, raw->size(), "bytes");
    return from_bytes(*type, shape, *count,
                      {reinterpret_cast<const std::uint8_t*>(raw->data()), raw->size()});
  }
  check_size(proto, shape, *count, static_cast<std::uint64_t>(typed_size(*type, proto)), "values");
  return from_typed_data(*type, shape, proto);
}

}  // namespace cameo::zoo::onnx
