/// Letters for pictures.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cameo::explain {

inline constexpr std::int64_t kGlyphWidth = 5;
inline constexpr std::int64_t kGlyphHeight = 7;

/// Rows from the top; bit 4 is the left column.
using Glyph = std::array<std::uint8_t, kGlyphHeight>;

/// One for each character of the UTF-8 text; what is not printable ASCII becomes a question mark.
std::vector<Glyph> glyphs_of(std::string_view text);

}  // namespace cameo::explain
