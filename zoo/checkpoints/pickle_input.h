/// The bytes of a pickle, opcode by opcode and argument by argument. Internal to pickle.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "zoo/checkpoints/pickle.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Every call moves past what it read; all throw FormatError where the pickle or its frame ends.
class PickleInput {
 public:
  PickleInput(ByteView bytes, std::size_t start, const PickleOrigin& origin);

  /// The next byte, as the opcode that messages point to from now on.
  std::uint8_t opcode();
  std::uint8_t byte() { return take(1)[0]; }
  ByteView take(std::uint64_t count);
  /// Little-endian, of up to 8 bytes.
  std::uint64_t number(std::size_t bytes);
  std::string_view text(std::uint64_t count);
  /// Up to a line feed, which goes too.
  std::string_view line();
  /// Reads how far the frame reaches that begins here; no value may pass its end.
  void begin_frame();

  std::size_t position() const { return position_; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  ByteView bytes_;
  std::size_t position_;
  PickleOrigin origin_;
  std::size_t opcode_at_;
  std::size_t frame_end_ = 0;  // 0 outside frames
};

}  // namespace cameo::zoo
