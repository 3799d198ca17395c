#include "zoo/checkpoints/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

#include "core/error.h"
#include "zoo/checkpoints/dtype.h"

namespace cameo::zoo {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPreludeBytes = 10;  // magic, version, header length
constexpr std::size_t kMaxRank = 64;

struct Header {
  DType type = DType::kF32;
  ByteOrder order = ByteOrder::kLittle;
  bool fortran_order = false;
  Shape shape;
};

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads the Python dict literal of a header: three fixed keys, strings, bools and a tuple of
/// integers are all it may hold.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::size_t offset, std::string_view file)
      : text_(text), offset_(offset), file_(file) {}

  Header parse() {
    expect('{');
    while (!accept('}')) {
      parse_entry();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (position_ != text_.size()) fail("text after the header's closing brace");
    if (!descr_ || !fortran_order_ || !shape_) {
      fail("the header needs the keys descr, fortran_order and shape");
    }
    Header header;
    set_type(header, *descr_);
    header.fortran_order = *fortran_order_;
    header.shape = *shape_;
    return header;
  }

 private:
  void parse_entry() {
    const std::string_view key = parse_string();
    expect(':');
    if (key == "descr" && !descr_) {
      descr_ = parse_string();
    } else if (key == "fortran_order" && !fortran_order_) {
      fortran_order_ = parse_bool();
    } else if (key == "shape" && !shape_) {
      shape_ = parse_shape();
    } else {
      fail("an unknown or repeated key \"" + std::string(key.substr(0, 40)) + "\"");
    }
  }

  std::string_view parse_string() {
    skip_space();
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a quoted string was expected");
    const std::size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos) fail("a string that does not end");
    const std::string_view value = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return value;
  }

  bool parse_bool() {
    skip_space();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(position_).starts_with(word)) {
        position_ += word.size();
        return value;
      }
    }
    fail("True or False was expected");
  }

  Shape parse_shape() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      shape.push_back(parse_extent());
      if (shape.size() > kMaxRank) fail("more than 64 dimensions");
      if (accept(',')) continue;
      if (shape.size() == 1) fail("a tuple was expected, \"(3,)\"");
      expect(')');
      break;
    }
    return shape;
  }

  std::int64_t parse_extent() {
    skip_space();
    const std::string_view rest = text_.substr(position_);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc() || value < 0) fail("an extent from 0 to 2^63-1 was expected");
    position_ += static_cast<std::size_t>(end - rest.data());
    accept('L');  // Python 2's long integers
    return value;
  }

  /// '<f4' and its like: byte order, kind, bytes.
  void set_type(Header& header, std::string_view descr) const {
    struct Known {
      std::string_view name;
      DType type;
    };
    static constexpr std::array kKnown = {
        Known{"b1", DType::kBool}, Known{"u1", DType::kU8},  Known{"i1", DType::kI8},
        Known{"u2", DType::kU16},  Known{"i2", DType::kI16}, Known{"f2", DType::kF16},
        Known{"u4", DType::kU32},  Known{"i4", DType::kI32}, Known{"f4", DType::kF32},
        Known{"u8", DType::kU64},  Known{"i8", DType::kI64}, Known{"f8", DType::kF64}};
    const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& candidate) {
      return descr.size() == 3 && descr.substr(1) == candidate.name;
    });
    const char order = known == kKnown.end() ? '?' : descr[0];
    const bool native_big = std::endian::native == std::endian::big;
    if (order == '>' || (order == '=' && native_big)) {
      header.order = ByteOrder::kBig;
    } else if (order != '<' && order != '=' && !(order == '|' && size_of(known->type) == 1)) {
      fail("type \"" + std::string(descr.substr(0, 40)) +
           "\" is not read; bool, integers of 1 to 8 bytes and floats of 2, 4 or 8 bytes are");
    }
    header.type = known->type;
  }

  void skip_space() {
    while (position_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[position_]) != std::string_view::npos) {
      ++position_;
    }
  }

  char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  bool accept(char wanted) {
    skip_space();
    if (position_ >= text_.size() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string("'") + wanted + "' was expected in the header");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(file_, static_cast<std::int64_t>(offset_ + position_), "npy: " + what);
  }

  std::string_view text_;
  std::size_t offset_;
  std::string_view file_;
  std::size_t position_ = 0;
  std::optional<std::string_view> descr_;
  std::optional<bool> fortran_order_;
  std::optional<Shape> shape_;
};

/// A header, and where the elements it describes lie.
struct Array {
  Header header;
  std::uint64_t count = 0;
  std::size_t offset = 0;
  std::uint64_t data_bytes = 0;
};

/// `bytes` holds the header at least, `file_bytes` counts the whole array.
Array parse(ByteView bytes, std::uint64_t file_bytes, std::string_view name) {
  if (bytes.size() < 10 || as_text(bytes.first(kMagic.size())) != kMagic) {
    throw FormatError(name, 0, bytes.empty() ? "npy: the file is empty" : "not a .npy file");
  }
  const unsigned version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0) {
    throw FormatError(name, 6,
                      "npy: version " + std::to_string(version) + "." + std::to_string(bytes[7]) +
                          " is not known (1.0 to 3.0 are)");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t start = 8 + length_bytes;
  if (bytes.size() < start) throw FormatError(name, 8, "npy: the file ends within its header");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<std::size_t>(bytes[8 + i]) << (8 * i);
  }
  if (length > bytes.size() - start) {
    throw FormatError(name, 8,
                      "npy: a header of " + std::to_string(length) + " bytes in a file of " +
                          std::to_string(bytes.size()));
  }
  Array array;
  array.header = HeaderParser(as_text(bytes.subspan(start, length)), start, name).parse();
  array.offset = start + length;
  const std::uint64_t left = file_bytes - array.offset;
  const auto count = checked_count(array.header.shape, size_of(array.header.type));
  if (!count || *count * size_of(array.header.type) > left) {
    throw FormatError(name, static_cast<std::int64_t>(array.offset),
                      "npy: the data for shape " + to_string(array.header.shape) +
                          " are not all there: " + std::to_string(left) + " bytes");
  }
  array.count = *count;
  array.data_bytes = *count * size_of(array.header.type);
  return array;
}

/// Column-major to row-major.
template <typename T>
void transpose(std::span<const T> values, const Shape& shape, std::span<T> result) {
  std::vector<std::size_t> strides(shape.size());
  std::size_t stride = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    strides[axis] = stride;
    stride *= static_cast<std::size_t>(shape[axis]);
  }
  Shape index(shape.size(), 0);
  std::size_t source = 0;
  for (T& value : result) {
    value = values[source];
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < shape[axis]) break;
      source -= strides[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
}

std::string shape_literal(const Shape& shape) {
  std::string text = "(";
  for (const std::int64_t extent : shape) text += std::to_string(extent) + ", ";
  if (shape.size() > 1) text.resize(text.size() - 2);
  if (shape.size() == 1) text.pop_back();
  return text + ")";
}

Bytes encode_header(std::string_view descr, const Shape& shape) {
  std::string header = "{'descr': '" + std::string(descr) +
                       "', 'fortran_order': False, 'shape': " + shape_literal(shape) + ", }";
  const std::size_t unpadded = kPreludeBytes + header.size() + 1;
  header.append((64 - unpadded % 64) % 64, ' ').append("\n");
  Bytes bytes(kPreludeBytes + header.size());
  std::uint8_t* out = std::copy(kMagic.begin(), kMagic.end(), bytes.data());
  *out++ = 1;
  *out++ = 0;
  *out++ = static_cast<std::uint8_t>(header.size() & 0xFF);
  *out++ = static_cast<std::uint8_t>(header.size() >> 8);
  std::copy(header.begin(), header.end(), out);
  return bytes;
}

/// The values as they lie in memory.
template <typename T>
ByteView raw(std::span<const T> values) {
  static_assert(std::endian::native == std::endian::little, "written in native byte order");
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

Bytes int64_header(const Shape& shape, std::span<const std::int64_t> values) {
  if (element_count(shape) != static_cast<std::int64_t>(values.size())) {
    throw ShapeError("write_npy: " + std::to_string(values.size()) + " values do not fill shape " +
                     to_string(shape));
  }
  return encode_header("<i8", shape);
}

Bytes joined(Bytes header, ByteView values) {
  header.insert(header.end(), values.begin(), values.end());
  return header;
}

void write_parts(const std::filesystem::path& path, ByteView header, ByteView values) {
  AtomicFile file(path);
  file.write(header);
  file.write(values);
  file.commit();
}

}  // namespace

Tensor decode_npy(const SharedBytes& bytes, std::string_view name) {
  const Array array = parse(bytes.bytes, bytes.bytes.size(), name);
  const Header& header = array.header;
  const SharedBytes elements{bytes.bytes.subspan(array.offset, array.data_bytes), bytes.owner};
  Tensor tensor = view_or_convert(header.type, header.order, elements, header.shape);
  if (!header.fortran_order) return tensor;
  Tensor result = Tensor::uninitialized(header.shape);
  transpose(tensor.data(), header.shape, result.mutable_data());
  return result;
}

Tensor decode_npy(ByteView bytes, std::string_view name) {
  return decode_npy(SharedBytes{.bytes = bytes, .owner = nullptr}, name);
}

TensorInfo describe_npy(ByteView start, std::uint64_t file_bytes, std::string_view name) {
  const Array array = parse(start, file_bytes, name);
  return {.name = {},
          .dtype = std::string(name_of(array.header.type)),
          .shape = array.header.shape,
          .bytes = array.data_bytes};
}

Int64Array decode_npy_int64(ByteView bytes, std::string_view name) {
  const Array array = parse(bytes, bytes.size(), name);
  const Header& header = array.header;
  if (!is_integer(header.type)) {
    throw FormatError(name, -1, "npy: whole numbers were expected, the array holds floats");
  }
  Int64Array result{header.shape, std::vector<std::int64_t>(array.count)};
  convert_to_int64(header.type, header.order, bytes.subspan(array.offset, array.data_bytes),
                   result.values);
  if (header.fortran_order) {
    const std::vector<std::int64_t> values = result.values;
    transpose(std::span<const std::int64_t>(values), header.shape, std::span(result.values));
  }
  return result;
}

Tensor read_npy(const std::filesystem::path& path) {
  return decode_npy(read_file(path), path.string());
}

Int64Array read_npy_int64(const std::filesystem::path& path) {
  return decode_npy_int64(read_file(path), path.string());
}

Bytes npy_header(const Shape& shape) { return encode_header("<f4", shape); }

Bytes encode_npy(const Tensor& tensor) {
  return joined(npy_header(tensor.shape()), raw(tensor.data()));
}

Bytes encode_npy(const Shape& shape, std::span<const std::int64_t> values) {
  return joined(int64_header(shape, values), raw(values));
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  write_parts(path, npy_header(tensor.shape()), raw(tensor.data()));
}

void write_npy(const std::filesystem::path& path, const Shape& shape,
               std::span<const std::int64_t> values) {
  write_parts(path, int64_header(shape, values), raw(values));
}

}  // namespace cameo::zoo
