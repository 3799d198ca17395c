/// Maps made ready for the eye.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/tensor.h"
#include "explain/explainer.h"
#include "explain/resize_map.h"

namespace cameo::explain {

/// What 0 and 1 of the display stand for.
enum class Scaling {
  kMaximum,    ///< max(m, 0)/max: zero stays zero
  kMinMax,     ///< (m - min)/(max - min): Zhou et al.'s CAM pictures and most libraries
  kSymmetric,  ///< 1/2 + m/(2·max|m|) of the signed map: zero is 1/2, for the diverging colours
};

/// Raw values of a map, from one to the other.
struct ValueRange {
  float low = 0.0F;
  float high = 0.0F;
};
/// The smallest that holds them all, {0, 0} for none.
ValueRange join(std::span<const ValueRange> ranges);

struct DisplayOptions {
  Scaling scaling = Scaling::kMaximum;
  Upsampling upsampling = Upsampling::kHalfPixel;
  /// Where the cells of a layer map lie, in place of `upsampling`; see receptive_field_cells().
  std::optional<CellGrid> cells = std::nullopt;
  /// What 0 and 1 stand for, in place of the map's own range: one scale for several maps.
  std::optional<ValueRange> range = std::nullopt;
  /// Where a layer's evidence is negative everywhere, show how negative (with kMaximum alone)
  /// rather than nothing.
  bool counterfactual = false;
};

struct Display {
  Tensor map;                   ///< `[H,W]` in 0…1, never NaN
  float low = 0.0F;             ///< the raw value that 0 stands for
  float high = 0.0F;            ///< the raw value that 1 stands for
  bool blank = true;            ///< nothing to show: the map is constant at its zero, or not finite
  bool counterfactual = false;  ///< 1 is the most negative value: DisplayOptions::counterfactual
};

/// Resizes, then scales, so that the strongest pixel reaches 1. The channels of a pixel map are
/// reduced first: to the maximum of their absolute values (Simonyan et al. 2014, section 3.1), to
/// their sum for kSymmetric. A blank map is painted as zero everywhere (1/2 for kSymmetric).
Display display_map(const Explanation& explanation, std::int64_t height, std::int64_t width,
                    const DisplayOptions& options = {});

/// The raw values that display_map() scales: resized, channels reduced, `[height,width]`.
Tensor display_values(const Explanation& explanation, std::int64_t height, std::int64_t width,
                      const DisplayOptions& options = {});

/// Is every value of the map before its last ReLU negative or zero, and some negative?
bool all_evidence_negative(const Explanation& explanation);

/// A pixel map `[C,H,W]`, C = 1 or 3, as the picture it resembles, `[3,height,width]`: 1/2 +
/// v/(2·max|v|), so zero is mid-grey. Grey everywhere when blank or not finite. Throws ShapeError
/// for another form.
Tensor gradient_picture(const Tensor& pixels, std::int64_t height, std::int64_t width);

}  // namespace cameo::explain
