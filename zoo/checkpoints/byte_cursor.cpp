#include "zoo/checkpoints/byte_cursor.h"

#include <utility>

#include "core/error.h"

namespace cameo::zoo {

ByteCursor::ByteCursor(SharedBytes data, std::uint64_t offset, std::string_view what,
                       std::string_view file)
    : data_(std::move(data)), offset_(offset), what_(what), file_(file) {}

PickleDocument ByteCursor::pickle() {
  PickleDocument document =
      parse_pickle(data_.bytes, position_, {.file = file_, .offset = offset_});
  position_ = document.end;
  return document;
}

std::uint64_t ByteCursor::number(std::size_t bytes) {
  const ByteView raw = elements(bytes, 1).bytes;
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = (value << 8) | raw[i];
  return value;
}

SharedBytes ByteCursor::elements(std::uint64_t count, std::uint64_t element_bytes) {
  std::uint64_t bytes = 0;
  const std::size_t left = data_.bytes.size() - position_;
  if (__builtin_mul_overflow(count, element_bytes, &bytes) || bytes > left) {
    fail("cut short: " + std::to_string(count) + " elements of " + std::to_string(element_bytes) +
         " bytes were expected, " + std::to_string(left) + " bytes are left");
  }
  const ByteView taken = data_.bytes.subspan(position_, bytes);
  position_ += bytes;
  return {taken, data_.owner};
}

void ByteCursor::fail(const std::string& what) const {
  throw FormatError(file_, static_cast<std::int64_t>(offset_ + position_),
                    std::string(what_) + ": " + what);
}

}  // namespace cameo::zoo
