#include "explain/colormap.h"

#include <algorithm>
#include <span>

#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

using Points = std::span<const std::uint32_t>;

// Evenly spaced 0xRRGGBB samples, joined by straight lines.
constexpr std::array<std::uint32_t, 10> kTurboPoints{0x30123B, 0x4662D7, 0x36AAF9, 0x1AE4B6,
                                                     0x72FE5E, 0xC7EF34, 0xFABA39, 0xF66B19,
                                                     0xCB2A04, 0x7A0403};
constexpr std::array<std::uint32_t, 10> kViridisPoints{0x440154, 0x482878, 0x3E4A89, 0x31688E,
                                                       0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59,
                                                       0xB4DE2C, 0xFDE725};
constexpr std::array<std::uint32_t, 10> kInfernoPoints{0x000004, 0x1B0C42, 0x4B0C6B, 0x781C6D,
                                                       0xA52C60, 0xCF4446, 0xED6925, 0xFB9A06,
                                                       0xF7D03C, 0xFCFFA4};
constexpr std::array<std::uint32_t, 5> kJetPoints{0x0000FF, 0x00FFFF, 0x00FF00, 0xFFFF00, 0xFF0000};
constexpr std::array<std::uint32_t, 2> kGreyPoints{0x000000, 0xFFFFFF};
constexpr std::array<std::uint32_t, 5> kDivergingPoints{0x123A7A, 0x5C9BD6, 0xFFFFFF, 0xE87A5D,
                                                        0x8A1020};
constexpr std::array<std::uint32_t, 5> kBluesPoints{0xFFFFFF, 0xBFD7F0, 0x6AA6DB, 0x1F62B0,
                                                    0x08265C};

struct Entry {
  std::string_view name;
  Colormap colormap;
  Points points;
};

constexpr std::array<Entry, 7> kColormaps{{{"jet", Colormap::kJet, kJetPoints},
                                           {"turbo", Colormap::kTurbo, kTurboPoints},
                                           {"viridis", Colormap::kViridis, kViridisPoints},
                                           {"inferno", Colormap::kInferno, kInfernoPoints},
                                           {"grey", Colormap::kGrey, kGreyPoints},
                                           {"diverging", Colormap::kDiverging, kDivergingPoints},
                                           {"blues", Colormap::kBlues, kBluesPoints}}};

const Entry& entry_of(Colormap colormap) {
  for (const Entry& entry : kColormaps) {
    if (entry.colormap == colormap) return entry;
  }
  throw ArgumentError("there is no such colormap");
}

Points points_of(Colormap colormap) { return entry_of(colormap).points; }

float channel_of(std::uint32_t color, std::size_t channel) {
  return static_cast<float>((color >> (8 * (2 - channel))) & 0xFFU) / 255.0F;
}

Color interpolate(Points points, float value) {
  const float clamped = value > 0.0F ? std::min(value, 1.0F) : 0.0F;  // NaN fails the comparison
  const float position = clamped * static_cast<float>(points.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(position), points.size() - 2);
  const float weight = position - static_cast<float>(low);
  Color color{};
  for (std::size_t c = 0; c < color.size(); ++c) {
    color[c] =
        (1.0F - weight) * channel_of(points[low], c) + weight * channel_of(points[low + 1], c);
  }
  return color;
}

}  // namespace

std::vector<std::string> colormap_names() {
  std::vector<std::string> names;
  names.reserve(kColormaps.size());
  for (const Entry& entry : kColormaps) names.emplace_back(entry.name);
  return names;
}

Colormap find_colormap(std::string_view name) {
  for (const Entry& entry : kColormaps) {
    if (entry.name == name) return entry.colormap;
  }
  throw LookupError(unknown_name_message("colormap", name, colormap_names()));
}

std::string_view colormap_name(Colormap colormap) { return entry_of(colormap).name; }

Color color_at(Colormap colormap, float value) { return interpolate(points_of(colormap), value); }

Tensor apply_colormap(const Tensor& map, Colormap colormap) {
  if (map.rank() != 2) {
    throw ShapeError("apply_colormap: expected a map [H,W], got " + to_string(map.shape()));
  }
  constexpr std::int64_t kGrain = 4096;
  const Points points = points_of(colormap);
  Tensor picture = Tensor::uninitialized({3, map.dim(0), map.dim(1)});
  const float* in = map.data().data();
  float* out = picture.mutable_data().data();
  const std::int64_t area = map.size();
  parallel_for(area, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Color color = interpolate(points, in[i]);
      for (std::size_t c = 0; c < color.size(); ++c) {
        out[static_cast<std::int64_t>(c) * area + i] = color[c];
      }
    }
  });
  return picture;
}

}  // namespace cameo::explain
