#include "explain/colormap.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

void check_color(Colormap colormap, float value, int red, int green, int blue, int tolerance = 1) {
  const Color color = color_at(colormap, value);
  INFO("value " << value << " of colormap " << static_cast<int>(colormap));
  CHECK(std::abs(std::lround(color[0] * 255.0F) - red) <= tolerance);
  CHECK(std::abs(std::lround(color[1] * 255.0F) - green) <= tolerance);
  CHECK(std::abs(std::lround(color[2] * 255.0F) - blue) <= tolerance);
}

/// CIE relative luminance of an sRGB colour, from which lightness grows.
double luminance(const Color& color) {
  const auto linear = [](float v) {
    return v <= 0.04045F ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

}  // namespace

TEST_CASE("colormaps: ends and known values") {
  check_color(Colormap::kJet, 0.0F, 0, 0, 255);
  check_color(Colormap::kJet, 0.125F, 0, 128, 255);
  check_color(Colormap::kJet, 0.25F, 0, 255, 255);
  check_color(Colormap::kJet, 0.4F, 0, 255, 102);
  check_color(Colormap::kJet, 0.5F, 0, 255, 0);
  check_color(Colormap::kJet, 0.6F, 102, 255, 0);
  check_color(Colormap::kJet, 0.9F, 255, 102, 0);
  check_color(Colormap::kJet, 1.0F, 255, 0, 0);
  check_color(Colormap::kGrey, 0.0F, 0, 0, 0);
  check_color(Colormap::kGrey, 0.5F, 128, 128, 128);
  check_color(Colormap::kGrey, 1.0F, 255, 255, 255);
  check_color(Colormap::kViridis, 0.0F, 68, 1, 84);
  check_color(Colormap::kViridis, 0.5F, 33, 145, 140, 6);
  check_color(Colormap::kViridis, 1.0F, 253, 231, 37);
  check_color(Colormap::kInferno, 0.0F, 0, 0, 4);
  check_color(Colormap::kInferno, 0.5F, 188, 55, 84, 6);
  check_color(Colormap::kInferno, 1.0F, 252, 255, 164);
  check_color(Colormap::kTurbo, 0.0F, 48, 18, 59);
  check_color(Colormap::kTurbo, 0.5F, 164, 252, 60, 13);
  check_color(Colormap::kTurbo, 1.0F, 122, 4, 3);
  check_color(Colormap::kDiverging, 0.5F, 255, 255, 255);
}

TEST_CASE("colormaps: lightness grows where it should") {
  for (const Colormap colormap : {Colormap::kViridis, Colormap::kInferno, Colormap::kGrey}) {
    double previous = -1.0;
    for (int i = 0; i <= 1000; ++i) {
      const double now = luminance(color_at(colormap, static_cast<float>(i) / 1000.0F));
      REQUIRE(now > previous);
      previous = now;
    }
  }
  for (int i = 0; i < 500; ++i) {
    const float distance_from_zero = static_cast<float>(i) / 1000.0F;
    const float further = distance_from_zero + 0.001F;
    for (const float sign : {-1.0F, 1.0F}) {
      REQUIRE(luminance(color_at(Colormap::kDiverging, 0.5F + sign * further)) <
              luminance(color_at(Colormap::kDiverging, 0.5F + sign * distance_from_zero)));
    }
  }
  const Color cold = color_at(Colormap::kDiverging, 0.1F);
  const Color hot = color_at(Colormap::kDiverging, 0.9F);
  CHECK(cold[2] > cold[0]);
  CHECK(hot[0] > hot[2]);
}

TEST_CASE("colormaps: colours stay in range, even for values that do not") {
  for (const std::string& name : colormap_names()) {
    const Colormap colormap = find_colormap(name);
    for (int i = -5; i <= 105; ++i) {
      for (const float channel : color_at(colormap, static_cast<float>(i) / 100.0F)) {
        REQUIRE(channel >= 0.0F);
        REQUIRE(channel <= 1.0F);
      }
    }
    CHECK(color_at(colormap, -3.0F) == color_at(colormap, 0.0F));
    CHECK(color_at(colormap, 3.0F) == color_at(colormap, 1.0F));
    CHECK(color_at(colormap, std::numeric_limits<float>::infinity()) == color_at(colormap, 1.0F));
    CHECK(color_at(colormap, std::numeric_limits<float>::quiet_NaN()) == color_at(colormap, 0.0F));
  }
}

TEST_CASE("colormaps: a map becomes a picture plane by plane") {
  const Tensor picture = apply_colormap(tensor({1, 3}, {0, 0.5F, 1}), Colormap::kJet);
  CHECK(picture.shape() == Shape{3, 1, 3});
  CHECK(values(picture) == std::vector<float>{0, 0, 1, 0, 1, 0, 1, 0, 0});
  CHECK_THROWS_AS(apply_colormap(Tensor({3, 2, 2}), Colormap::kJet), ShapeError);
}

TEST_CASE("colormaps: bytes and floats get the same colours") {
  Tensor map({1, 256});
  for (std::size_t i = 0; i < 256; ++i) map.mutable_data()[i] = static_cast<float>(i) / 255.0F;
  for (const std::string& name : colormap_names()) {
    const Colormap colormap = find_colormap(name);
    const Tensor picture = apply_colormap(map, colormap);
    for (std::size_t i = 0; i < 256; ++i) {
      const Color color = color_at(colormap, static_cast<float>(i) / 255.0F);
      for (std::size_t c = 0; c < 3; ++c) REQUIRE(picture.data()[c * 256 + i] == color[c]);
    }
  }
}

TEST_CASE("colormaps: a mistyped name is answered with the close one") {
  CHECK(find_colormap("viridis") == Colormap::kViridis);
  CHECK_THROWS_AS(find_colormap("virids"), LookupError);
  CHECK_THROWS_WITH(find_colormap("virids"), Catch::Contains("\"viridis\""));
}
