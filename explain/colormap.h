/// Colours for maps.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

enum class Colormap {
  kJet,        ///< blue, cyan, yellow, red in straight lines, as in the Grad-CAM authors' code
  kTurbo,      ///< a smoother rainbow (Mikhailov 2019)
  kViridis,    ///< dark violet to yellow; lightness grows evenly, fit for colour-blind readers
  kInferno,    ///< black over red to pale yellow; lightness grows evenly
  kGrey,       ///< black to white
  kDiverging,  ///< blue, white, red: for signed maps whose zero is 1/2
  kBlues,      ///< white to dark blue: for evidence against
};

/// Red, green and blue in 0…1.
using Color = std::array<float, 3>;

/// "jet", "turbo", "viridis", "inferno", "grey", "diverging", "blues"
std::vector<std::string> colormap_names();
/// Throws LookupError with close matches.
Colormap find_colormap(std::string_view name);

std::string_view colormap_name(Colormap colormap);

/// `value` is clamped to 0…1; NaN is painted as 0.
Color color_at(Colormap colormap, float value);

/// `[H,W]` in 0…1 to `[3,H,W]` in 0…1. Throws ShapeError for another rank.
Tensor apply_colormap(const Tensor& map, Colormap colormap);

}  // namespace cameo::explain
