#include "zoo/checkpoints/pickle_input.h"

#include <algorithm>

#include "core/error.h"

namespace cameo::zoo {

PickleInput::PickleInput(ByteView bytes, std::size_t start, const PickleOrigin& origin)
    : bytes_(bytes), position_(start), origin_(origin), opcode_at_(start) {}

std::uint8_t PickleInput::opcode() {
  opcode_at_ = position_;
  return byte();
}

ByteView PickleInput::take(std::uint64_t count) {
  if (count > bytes_.size() - position_) fail("the pickle is cut short");
  if (frame_end_ > 0 && count > frame_end_ - position_) fail("a value passes its frame's end");
  const ByteView taken = bytes_.subspan(position_, count);
  position_ += count;
  if (position_ == frame_end_) frame_end_ = 0;
  return taken;
}

std::uint64_t PickleInput::number(std::size_t bytes) {
  const ByteView raw = take(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = (value << 8) | raw[i];
  return value;
}

std::string_view PickleInput::text(std::uint64_t count) {
  const ByteView raw = take(count);
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

std::string_view PickleInput::line() {
  const ByteView rest = bytes_.subspan(position_);
  const auto end = std::find(rest.begin(), rest.end(), std::uint8_t{'\n'});
  if (end == rest.end()) fail("the pickle is cut short");
  const std::string_view taken = text(static_cast<std::uint64_t>(end - rest.begin()));
  byte();
  return taken;
}

void PickleInput::begin_frame() {
  if (frame_end_ != 0) fail("a frame within a frame");
  const std::uint64_t bytes = number(8);
  if (bytes > bytes_.size() - position_) fail("a frame passes the pickle's end");
  frame_end_ = bytes == 0 ? 0 : position_ + bytes;
}

void PickleInput::fail(const std::string& what) const {
  throw FormatError(origin_.file, static_cast<std::int64_t>(origin_.offset + opcode_at_),
                    "pickle: " + what);
}

}  // namespace cameo::zoo
