#include "explain/drawing.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "core/error.h"
#include "explain/glyphs.h"

namespace cameo::explain {

namespace {

void check_picture(const Tensor& picture) {
  if (picture.rank() != 3 || picture.dim(0) != 3) {
    throw ShapeError("drawing: expected a picture [3,H,W], got " + to_string(picture.shape()));
  }
}

void fill(Tensor& picture, Box box, const Color& color) {
  const std::int64_t height = picture.dim(1);
  const std::int64_t width = picture.dim(2);
  box = {.left = std::max<std::int64_t>(box.left, 0),
         .top = std::max<std::int64_t>(box.top, 0),
         .right = std::min(box.right, width),
         .bottom = std::min(box.bottom, height)};
  float* values = picture.mutable_data().data();
  for (std::size_t c = 0; c < color.size(); ++c) {
    float* plane = values + static_cast<std::int64_t>(c) * height * width;
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
      for (std::int64_t x = box.left; x < box.right; ++x) plane[y * width + x] = color[c];
    }
  }
}

std::string format(double value) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.3g", value);
  return {text.data(), static_cast<std::size_t>(std::max(length, 0))};
}

}  // namespace

Tensor overlay(const Tensor& picture, const Tensor& map, const OverlayOptions& options) {
  const bool fits = picture.rank() == 3 && (picture.dim(0) == 3 || picture.dim(0) == 1) &&
                    map.rank() == 2 && picture.dim(1) == map.dim(0) && picture.dim(2) == map.dim(1);
  if (!fits) {
    throw ShapeError("overlay: picture " + to_string(picture.shape()) + " and map " +
                     to_string(map.shape()) + " do not fit; expected [3,H,W] and [H,W]");
  }
  if (!(options.alpha >= 0.0F && options.alpha <= 1.0F)) {
    throw ArgumentError("overlay: alpha must be in 0…1, got " + std::to_string(options.alpha));
  }
  Tensor result = apply_colormap(map, options.colormap);
  const auto out = result.mutable_data();
  const auto in = picture.data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = options.alpha * out[i] + (1.0F - options.alpha) * in[i % in.size()];
  }
  return result;
}

void draw_box(Tensor& picture, const Box& box, const Color& color, std::int64_t thickness) {
  check_picture(picture);
  if (area(box) == 0) return;
  const std::int64_t line = std::min({thickness, box.right - box.left, box.bottom - box.top});
  fill(picture, {box.left, box.top, box.right, box.top + line}, color);
  fill(picture, {box.left, box.bottom - line, box.right, box.bottom}, color);
  fill(picture, {box.left, box.top, box.left + line, box.bottom}, color);
  fill(picture, {box.right - line, box.top, box.right, box.bottom}, color);
}

std::int64_t text_width(std::string_view text, std::int64_t scale) {
  const auto count = static_cast<std::int64_t>(glyphs_of(text).size());
  return std::max<std::int64_t>(0, count * (kGlyphWidth + 1) - 1) * scale;
}

std::string fitted_text(std::string_view text, std::int64_t width, std::int64_t scale) {
  constexpr std::string_view kDots = "..";
  std::string fitted(text);
  bool cut = false;
  while (!fitted.empty() && text_width(fitted + std::string(cut ? kDots : ""), scale) > width) {
    do {
      const bool whole = (static_cast<unsigned char>(fitted.back()) & 0xC0U) != 0x80U;
      fitted.pop_back();
      if (whole) break;
    } while (!fitted.empty());
    cut = true;
  }
  return cut ? fitted + std::string(kDots) : fitted;
}

void draw_text(Tensor& picture, std::int64_t left, std::int64_t top, std::string_view text,
               const Color& color, std::int64_t scale) {
  check_picture(picture);
  for (const Glyph& glyph : glyphs_of(text)) {
    for (std::int64_t y = 0; y < kGlyphHeight; ++y) {
      for (std::int64_t x = 0; x < kGlyphWidth; ++x) {
        if (((glyph[static_cast<std::size_t>(y)] >> (kGlyphWidth - 1 - x)) & 1) == 0) continue;
        const std::int64_t at_x = left + x * scale;
        const std::int64_t at_y = top + y * scale;
        fill(picture, {at_x, at_y, at_x + scale, at_y + scale}, color);
      }
    }
    left += (kGlyphWidth + 1) * scale;
  }
}

void paste(Tensor& sheet, const Tensor& picture, std::int64_t left, std::int64_t top) {
  check_picture(sheet);
  check_picture(picture);
  const std::int64_t width = picture.dim(2);
  if (left < 0 || top < 0 || left + width > sheet.dim(2) || top + picture.dim(1) > sheet.dim(1)) {
    throw ArgumentError("paste: a picture " + to_string(picture.shape()) + " at (" +
                        std::to_string(left) + "," + std::to_string(top) + ") leaves the sheet " +
                        to_string(sheet.shape()));
  }
  const float* in = picture.data().data();
  float* out = sheet.mutable_data().data();
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t y = 0; y < picture.dim(1); ++y) {
      std::copy_n(in + (c * picture.dim(1) + y) * width, width,
                  out + (c * sheet.dim(1) + top + y) * sheet.dim(2) + left);
    }
  }
}

Tensor side_by_side(std::span<const Tensor> pictures, std::int64_t gap) {
  if (pictures.empty()) throw ArgumentError("side_by_side: there are no pictures");
  std::int64_t height = 0;
  std::int64_t width = -gap;
  for (const Tensor& picture : pictures) {
    check_picture(picture);
    height = std::max(height, picture.dim(1));
    width += gap + picture.dim(2);
  }
  Tensor sheet({3, height, width}, 1.0F);
  std::int64_t left = 0;
  for (const Tensor& picture : pictures) {
    paste(sheet, picture, left, 0);
    left += picture.dim(2) + gap;
  }
  return sheet;
}

Tensor color_bar(float low, float high, const ColorBarOptions& options) {
  constexpr std::int64_t kTick = 2;
  constexpr std::int64_t kMargin = 6;  // a tick too near a number reads as a minus
  const int ticks = options.ticks;
  if (ticks < 2 || options.width < 1 || options.height < ticks * (kGlyphHeight + 1)) {
    throw ArgumentError("color_bar: " + std::to_string(ticks) + " numbers (at least 2) need " +
                        std::to_string(ticks * (kGlyphHeight + 1)) + " rows, got " +
                        std::to_string(options.height));
  }
  std::vector<std::string> labels;
  std::int64_t label_width = 0;
  for (int i = 0; i < ticks; ++i) {
    const double share = static_cast<double>(i) / (ticks - 1);
    labels.push_back(format((1.0 - share) * high + share * low));
    label_width = std::max(label_width, text_width(labels.back()));
  }
  Tensor bar({3, options.height, options.width + kMargin + label_width + kTick}, 1.0F);
  // The bar ends half a line from the border, so that the outer numbers stand at its ends.
  const std::int64_t top = kGlyphHeight / 2;
  const std::int64_t reach = options.height - kGlyphHeight;
  for (std::int64_t y = 0; y <= reach; ++y) {
    const float value = 1.0F - static_cast<float>(y) / static_cast<float>(reach);
    fill(bar, {0, top + y, options.width, top + y + 1}, color_at(options.colormap, value));
  }
  for (int i = 0; i < ticks; ++i) {
    const std::int64_t y = reach * i / (ticks - 1);
    fill(bar, {options.width, top + y, options.width + kTick, top + y + 1}, kBlack);
    draw_text(bar, options.width + kMargin, y, labels[static_cast<std::size_t>(i)]);
  }
  return bar;
}

}  // namespace cameo::explain
