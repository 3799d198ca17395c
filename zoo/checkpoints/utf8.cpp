#include "zoo/checkpoints/utf8.h"

#include <cstddef>
#include <cstdint>

namespace cameo::zoo {

namespace {

/// Bytes that follow a lead byte, and the least and greatest that may come first among them.
struct Continuation {
  std::size_t count;
  std::uint8_t least = 0x80;
  std::uint8_t greatest = 0xBF;
};

constexpr std::size_t kInvalid = 99;

Continuation continuation_of(std::uint8_t lead) {
  if (lead < 0x80) return {0};
  if (lead < 0xC2 || lead > 0xF4) return {kInvalid};
  if (lead < 0xE0) return {1};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead < 0xF0) return {2};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return {3};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    Continuation rest = continuation_of(static_cast<std::uint8_t>(text[at]));
    if (rest.count > text.size() - at - 1) return false;
    for (; rest.count > 0; --rest.count) {
      const auto byte = static_cast<std::uint8_t>(text[++at]);
      if (byte < rest.least || byte > rest.greatest) return false;
      rest.least = 0x80;
      rest.greatest = 0xBF;
    }
  }
  return true;
}

}  // namespace cameo::zoo
