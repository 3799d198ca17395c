/// Small drawings on pictures `[3,H,W]` in 0…1. What falls outside is cut off. All functions throw
/// ShapeError for pictures of another form.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/tensor.h"
#include "explain/boxes.h"
#include "explain/colormap.h"
#include "explain/glyphs.h"

namespace cameo::explain {

inline constexpr Color kWhite{1.0F, 1.0F, 1.0F};
inline constexpr Color kBlack{0.0F, 0.0F, 0.0F};
inline constexpr Color kRed{0.9F, 0.1F, 0.1F};

struct OverlayOptions {
  float alpha = 0.5F;  ///< the map's share; the picture gets the rest
  Colormap colormap = Colormap::kJet;
};

/// The map `[H,W]` in 0…1 over the picture, `[3,H,W]` or grey `[1,H,W]`, of the same size.
Tensor overlay(const Tensor& picture, const Tensor& map, const OverlayOptions& options = {});

/// The outline of the box, `thickness` pixels wide, inside the box.
void draw_box(Tensor& picture, const Box& box, const Color& color = kRed,
              std::int64_t thickness = 1);

/// Pixels that a text takes with a column between glyphs, each of whose dots is `scale` pixels
/// wide.
std::int64_t text_width(std::string_view text, std::int64_t scale = 1);

/// The text, shortened to end in two dots where it is wider than `width` pixels.
std::string fitted_text(std::string_view text, std::int64_t width, std::int64_t scale = 1);

/// In glyphs of 5x7 dots (glyphs.h).
void draw_text(Tensor& picture, std::int64_t left, std::int64_t top, std::string_view text,
               const Color& color = kBlack, std::int64_t scale = 1);

/// Copies the picture into the sheet with its upper left corner at (left, top). Throws
/// ArgumentError where it would leave the sheet.
void paste(Tensor& sheet, const Tensor& picture, std::int64_t left, std::int64_t top);

/// Pictures from left to right on white, `gap` pixels apart, aligned at the top.
Tensor side_by_side(std::span<const Tensor> pictures, std::int64_t gap = 4);

struct ColorBarOptions {
  std::int64_t height = 224;
  std::int64_t width = 12;  ///< of the coloured part; the numbers stand to its right
  int ticks = 5;            ///< numbers, evenly spaced from `high` at the top to `low`
  Colormap colormap = Colormap::kJet;
};

/// The colours from `low` at the bottom to `high` at the top with values beside them, `[3,H,W]`, to
/// stand beside a picture. Throws ArgumentError when it is too small for two numbers.
Tensor color_bar(float low, float high, const ColorBarOptions& options = {});

}  // namespace cameo::explain
