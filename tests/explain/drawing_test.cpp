#include "explain/drawing.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// One plane as text: '#' where it is set.
std::string plane_text(const Tensor& picture, std::int64_t channel, float set) {
  std::string text;
  for (std::int64_t y = 0; y < picture.dim(1); ++y) {
    for (std::int64_t x = 0; x < picture.dim(2); ++x) {
      const std::int64_t i = (channel * picture.dim(1) + y) * picture.dim(2) + x;
      text += picture.data()[static_cast<std::size_t>(i)] == set ? '#' : '.';
    }
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("overlay mixes picture and colours") {
  const Tensor map = tensor({1, 2}, {0, 1});
  const Tensor picture({3, 1, 2}, 0.5F);
  const Tensor mixed = overlay(picture, map, {.alpha = 0.25F, .colormap = Colormap::kJet});
  const Tensor expected = tensor({3, 1, 2}, {0.375F, 0.625F, 0.375F, 0.375F, 0.625F, 0.375F});
  CHECK(distance(mixed, expected) <= 1e-6);
  CHECK(distance(overlay(picture, map, {.alpha = 0.0F}), picture) == 0.0);
  CHECK(distance(overlay(picture, map, {.alpha = 1.0F}), apply_colormap(map, Colormap::kJet)) ==
        0.0);
  CHECK(distance(overlay(Tensor({1, 1, 2}, 0.5F), map, {.alpha = 0.25F}), expected) <= 1e-6);
  CHECK_THROWS_AS(overlay(Tensor({3, 2, 2}), map), ShapeError);
  CHECK_THROWS_AS(overlay(Tensor({4, 1, 2}), map), ShapeError);
  CHECK_THROWS_AS(overlay(picture, map, {.alpha = 1.5F}), ArgumentError);
}

TEST_CASE("boxes are drawn inside their bounds and cut off at the border") {
  Tensor picture({3, 5, 6});
  draw_box(picture, {.left = 1, .top = 1, .right = 5, .bottom = 4}, {1, 0, 0});
  CHECK(plane_text(picture, 0, 1.0F) ==
        "......\n"
        ".####.\n"
        ".#..#.\n"
        ".####.\n"
        "......\n");
  CHECK(plane_text(picture, 1, 0.0F).find('.') == std::string::npos);

  Tensor clipped({3, 3, 3});
  draw_box(clipped, {.left = -2, .top = 1, .right = 2, .bottom = 9}, {1, 1, 1});
  CHECK(plane_text(clipped, 2, 1.0F) ==
        "...\n"
        "##.\n"
        ".#.\n");

  Tensor untouched({3, 3, 3});
  draw_box(untouched, {.left = 2, .top = 2, .right = 2, .bottom = 3});
  CHECK(distance(untouched, Tensor({3, 3, 3})) == 0.0);
  draw_box(untouched, {.left = 0, .top = 0, .right = 3, .bottom = 3}, {1, 1, 1}, 2);
  CHECK(plane_text(untouched, 0, 1.0F) == "###\n###\n###\n");
  Tensor grey({1, 3, 3});
  CHECK_THROWS_AS(draw_box(grey, {}), ShapeError);
}

TEST_CASE("text is drawn from its glyphs") {
  Tensor picture({3, 7, 11}, 1.0F);
  draw_text(picture, 0, 0, "1e");
  CHECK(plane_text(picture, 0, 0.0F) ==
        "..#........\n"
        ".##........\n"
        "..#....###.\n"
        "..#...#...#\n"
        "..#...#####\n"
        "..#...#....\n"
        ".###...###.\n");
  CHECK(text_width("1e") == 11);
  CHECK(text_width("") == 0);
  Tensor cut({3, 7, 4}, 1.0F);
  draw_text(cut, -3, -2, "8.8e+08");
  CHECK(cut.shape() == Shape{3, 7, 4});
}

TEST_CASE("text is measured, enlarged and shortened by characters") {
  CHECK(text_width("Grad-CAM", 2) == 2 * text_width("Grad-CAM"));
  CHECK(text_width("\u00e9") == kGlyphWidth);  // one character of two bytes
  Tensor large({3, 14, 10}, 1.0F);
  draw_text(large, 0, 0, "L", kBlack, 2);
  Tensor small({3, 7, 5}, 1.0F);
  draw_text(small, 0, 0, "L");
  for (std::int64_t y = 0; y < 14; ++y) {
    for (std::int64_t x = 0; x < 10; ++x) {
      CHECK(large.data()[static_cast<std::size_t>(y * 10 + x)] ==
            small.data()[static_cast<std::size_t>(y / 2 * 5 + x / 2)]);
    }
  }
  CHECK(fitted_text("abc", text_width("abc")) == "abc");
  CHECK(fitted_text("abcdef", text_width("abcd")) == "ab..");
  CHECK(fitted_text("\u00e9\u00e9\u00e9\u00e9", text_width("abc")) == "\u00e9..");
  CHECK(fitted_text("abc", 0) == "..");
}

TEST_CASE("every printable character has a glyph of its own, others a question mark") {
  std::vector<std::vector<Glyph>> seen;
  for (char c = '!'; c <= '~'; ++c) {
    const std::vector<Glyph> glyph = glyphs_of(std::string(1, c));
    REQUIRE(glyph.size() == 1);
    CHECK(std::find(seen.begin(), seen.end(), glyph) == seen.end());
    seen.push_back(glyph);
  }
  CHECK(glyphs_of(" ") == std::vector<Glyph>(1));
  CHECK(glyphs_of("\u00fc\n") == glyphs_of("??"));
}

TEST_CASE("a picture is pasted where it fits") {
  Tensor sheet({3, 3, 4});
  paste(sheet, Tensor({3, 1, 2}, 1.0F), 1, 2);
  CHECK(plane_text(sheet, 0, 1.0F) == "....\n....\n.##.\n");
  CHECK_THROWS_AS(paste(sheet, Tensor({3, 1, 2}), 3, 0), ArgumentError);
  CHECK_THROWS_AS(paste(sheet, Tensor({3, 1, 2}), -1, 0), ArgumentError);
}

TEST_CASE("pictures stand side by side on white") {
  const std::vector<Tensor> pictures{Tensor({3, 1, 2}, 0.25F), Tensor({3, 2, 1}, 0.5F)};
  const Tensor sheet = side_by_side(pictures, 1);
  CHECK(sheet.shape() == Shape{3, 2, 4});
  const std::vector<float> plane{0.25F, 0.25F, 1, 0.5F, 1, 1, 1, 0.5F};
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(std::equal(plane.begin(), plane.end(), sheet.data().begin() + static_cast<long>(c * 8)));
  }
  CHECK_THROWS_AS(side_by_side({}), ArgumentError);
}

TEST_CASE("the colour bar runs from high to low with numbers beside it") {
  const Tensor bar = color_bar(0.0F, 1.0F, {.height = 47, .width = 4, .ticks = 3});
  CHECK(bar.dim(1) == 47);
  const auto at = [&](std::int64_t c, std::int64_t y, std::int64_t x) {
    return bar.data()[static_cast<std::size_t>((c * 47 + y) * bar.dim(2) + x)];
  };
  // Jet: red above, green in the middle, blue below.
  CHECK(at(0, 3, 0) == 1.0F);
  CHECK(at(2, 3, 0) == 0.0F);
  CHECK(at(0, 23, 0) == Approx(0.0F).margin(1e-5));
  CHECK(at(1, 23, 0) == 1.0F);
  CHECK(at(0, 43, 0) == 0.0F);
  CHECK(at(2, 43, 0) == 1.0F);
  const auto has_text = [&](std::int64_t top) {
    for (std::int64_t y = top; y < top + kGlyphHeight; ++y) {
      for (std::int64_t x = 8; x < bar.dim(2); ++x) {
        if (at(0, y, x) == 0.0F) return true;
      }
    }
    return false;
  };
  CHECK(has_text(0));
  CHECK(has_text(20));
  CHECK(has_text(40));
  CHECK_FALSE(has_text(9));
  CHECK_THROWS_AS(color_bar(0, 1, {.height = 10}), ArgumentError);
  CHECK_THROWS_AS(color_bar(0, 1, {.ticks = 1}), ArgumentError);
}
